using System.Net;
using System.Net.Sockets;
using MailProxy.Transport.Connections;
using MailProxy.Transport.Serving;
using MailProxy.Transport.Splice;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Transport.Portable;

/// <summary>
/// Runs wherever .NET runs: System.Net.Sockets, SslStream, a managed pump. Not Kestrel's socket connections, because those receive ahead
/// on their own (a ClientHello that came early could not be told from clear bytes behind STARTTLS) and shut both directions at once.
/// </summary>
public sealed class PortableTransport : IMailTransport
{
    // After an outage everybody connects at once. The kernel caps it at net.core.somaxconn, which is 4,096 nowadays.
    private const int Backlog = 4_096;

    private readonly SpliceSweep _sweep;
    private readonly TimeProvider _time;

    /// <summary>One per process is enough.</summary>
    public PortableTransport(TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        _sweep = new SpliceSweep(_time);
    }

    /// <inheritdoc/>
    public string Name => "portable";

    /// <summary>Errors: <see cref="AddressInUseException"/>; <see cref="SocketException"/> for everything else the system refuses.</summary>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endpoint is IPEndPoint ip && ip.Address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            socket.Bind(endpoint);
            socket.Listen(Backlog);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            socket.Dispose();
            throw new AddressInUseException(exception.Message, exception);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        return ValueTask.FromResult<IConnectionListener>(new PortableListener(socket, Adopt));
    }

    /// <summary>Dials an <see cref="IPEndPoint"/> or <see cref="DnsEndPoint"/>. Errors: <see cref="SocketException"/>.</summary>
    public async ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var socket = endpoint is DnsEndPoint
            ? new Socket(SocketType.Stream, ProtocolType.Tcp)
            : new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endpoint, cancellationToken);
            return socket.Handle < DescriptorCeiling.Own ? Adopt(socket) : throw new SocketException((int)SocketError.TooManyOpenSockets);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private MailConnection Adopt(Socket socket) => new(new SocketChannel(socket), _sweep, _time);
}
