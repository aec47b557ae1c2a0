using MailProxy.Transport.Linux.Reactors;

namespace MailProxy.Transport.Linux.Connections;

/// <summary>Ends our direction of a connection, waiting for room for the close_notify where there is TLS.</summary>
internal sealed class SendEnding(LinuxConnection connection) : IReadinessWaiter
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the end was sent, or cannot be.</summary>
    public Task Ended => _ended.Task;

    /// <inheritdoc/>
    public void OnReady()
    {
        var socket = connection.Socket;
        if (!socket.IsClosed && socket.Tls is { } tls)
        {
            var result = tls.Shutdown();
            if (result == LinuxSocket.WouldBlock)
            {
                socket.WriteWaiter = this;
                return;
            }

            if (result < 0)
            {
                // A peer that got no close_notify must not take our end for an orderly one.
                connection.Abort();
            }
        }

        socket.ShutdownSend();
        _ended.TrySetResult();
    }
}
