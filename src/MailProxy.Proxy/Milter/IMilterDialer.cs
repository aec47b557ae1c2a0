using System.Net;

namespace MailProxy.Proxy.Milter;

/// <summary>Dials milters, which are no mail servers: no TLS, and UNIX sockets too.</summary>
internal interface IMilterDialer
{
    /// <summary>A stream to it. Errors: IOException, SocketException.</summary>
    ValueTask<Stream> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken);
}
