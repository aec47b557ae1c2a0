using System.Net;
using System.Threading.Channels;
using MailProxy.Transport.Connections;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Transport.Memory;

/// <summary>A name that can be dialled.</summary>
internal sealed class MemoryListener(MemoryEndPoint endPoint, Action<MemoryListener> unbind) : IConnectionListener
{
    // Like a socket's backlog: beyond it diallers are refused.
    private const int Backlog = 512;

    private readonly Channel<MailConnection> _waiting = Channel.CreateBounded<MailConnection>(Backlog);

    /// <inheritdoc/>
    public EndPoint EndPoint => endPoint;

    /// <summary>False when nobody accepts any more, or too many wait.</summary>
    public bool TryOffer(MailConnection connection) => _waiting.Writer.TryWrite(connection);

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _waiting.Reader.WaitToReadAsync(cancellationToken))
        {
            if (_waiting.Reader.TryRead(out var connection))
            {
                return connection;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        unbind(this);
        if (_waiting.Writer.TryComplete())
        {
            while (_waiting.Reader.TryRead(out var connection))
            {
                connection.Abort();
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => UnbindAsync();
}
