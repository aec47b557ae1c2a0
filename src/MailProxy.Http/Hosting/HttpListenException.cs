using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Http.Hosting;

/// <summary>An address cannot be listened on. The message is one sentence for the operator.</summary>
public sealed class HttpListenException(string purpose, IPEndPoint endPoint, Exception cause) : IOException(Explain(purpose, endPoint, cause), cause)
{
    private static string Explain(string purpose, IPEndPoint endPoint, Exception cause) =>
        $"Cannot listen on {endPoint} ({purpose}): " + (SocketErrorOf(cause) switch
        {
            SocketError.AddressAlreadyInUse => "another program uses this port; stop it or configure another port.",
            SocketError.AccessDenied => "the system does not allow it; ports below 1024 need root or the capability CAP_NET_BIND_SERVICE.",
            SocketError.AddressNotAvailable => "no interface of this machine has this address.",
            _ => cause.Message,
        });

    private static SocketError? SocketErrorOf(Exception? cause) => cause switch
    {
        null => null,
        AddressInUseException => SocketError.AddressAlreadyInUse,
        SocketException socket => socket.SocketErrorCode,
        _ => SocketErrorOf(cause.InnerException),
    };
}
