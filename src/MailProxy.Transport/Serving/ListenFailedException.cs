using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Transport.Serving;

/// <summary>An address cannot be listened on. The message is one sentence for the operator.</summary>
public sealed class ListenFailedException(EndPoint endPoint, Exception cause) : IOException(Explain(endPoint, cause), cause)
{
    /// <summary>The address.</summary>
    public EndPoint EndPoint => endPoint;

    private static string Explain(EndPoint endPoint, Exception cause) => $"Cannot listen on {endPoint}: " + cause switch
    {
        AddressInUseException or SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } =>
            "another program uses this port; stop it or configure another port.",
        SocketException { SocketErrorCode: SocketError.AccessDenied } =>
            "the system does not allow it; ports below 1024 need root or the capability CAP_NET_BIND_SERVICE.",
        SocketException { SocketErrorCode: SocketError.AddressNotAvailable } =>
            "no interface of this machine has this address.",
        SocketException { SocketErrorCode: SocketError.AddressFamilyNotSupported } =>
            "this machine does not speak this kind of address.",
        _ => cause.Message,
    };
}
