using System.Net;
using System.Net.Sockets;
using MailProxy.Transport.Connections;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Transport.Portable;

/// <summary>A listening socket.</summary>
internal sealed class PortableListener(Socket socket, Func<Socket, MailConnection> adopt) : IConnectionListener
{
    private volatile bool _isUnbound;

    /// <inheritdoc/>
    public EndPoint EndPoint { get; } = socket.LocalEndPoint!;

    /// <summary>The next connection; null after unbind. Errors: <see cref="SocketException"/>, e.g. when descriptors ran out: try again later.</summary>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Socket? accepted = null;
            try
            {
                accepted = await socket.AcceptAsync(cancellationToken);
                return adopt(accepted);
            }
            catch (Exception exception) when (_isUnbound && exception is SocketException or ObjectDisposedException)
            {
                accepted?.Dispose();
                return null;
            }
            catch (SocketException exception) when (accepted is not null || IsAboutOneConnection(exception))
            {
                // It went away between its SYN and our accept: the next one, please.
                accepted?.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _isUnbound = true;
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => UnbindAsync();

    private static bool IsAboutOneConnection(SocketException exception) =>
        exception.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted;
}
