using System.Net;
using System.Net.Sockets;
using MailProxy.Transport.Connections;
using MailProxy.Transport.Serving;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Transport.Portable;

/// <summary>A listening socket.</summary>
internal sealed class PortableListener(Socket socket, Func<Socket, MailConnection> adopt) : IConnectionListener
{
    // So many are shed at once, then whoever accepts has its pause.
    private const int MaxShed = 64;

    private volatile bool _isUnbound;

    /// <inheritdoc/>
    public EndPoint EndPoint { get; } = socket.LocalEndPoint!;

    /// <summary>The next connection; null after unbind. Errors: <see cref="SocketException"/>, e.g. when descriptors ran out (those that waited are closed then): try again later.</summary>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Socket? accepted = null;
            try
            {
                accepted = await socket.AcceptAsync(cancellationToken);
                if (accepted.Handle < DescriptorCeiling.Accepted)
                {
                    return adopt(accepted);
                }

                accepted.Dispose();
                Shed();
                throw new SocketException((int)SocketError.TooManyOpenSockets);
            }
            catch (Exception exception) when (_isUnbound && exception is SocketException or ObjectDisposedException)
            {
                accepted?.Dispose();
                return null;
            }
            catch (SocketException exception) when (IsAboutOneConnection(exception) || (accepted is not null && exception.SocketErrorCode != SocketError.TooManyOpenSockets))
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

    // Those that wait hear at once that they are not served, and do not fill the backlog.
    private void Shed()
    {
        try
        {
            for (var i = 0; i < MaxShed && socket.Poll(TimeSpan.Zero, SelectMode.SelectRead); i++)
            {
                socket.Accept().Dispose();
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // No descriptor at all, or the listener is unbound: the caller sees the shortage anyway.
        }
    }

    private static bool IsAboutOneConnection(SocketException exception) =>
        exception.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted;
}
