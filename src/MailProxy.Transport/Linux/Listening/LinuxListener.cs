using System.Net;
using System.Threading.Channels;
using MailProxy.Transport.Linux.Connections;
using MailProxy.Transport.Linux.Reactors;
using MailProxy.Transport.Serving;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Transport.Linux.Listening;

/// <summary>An endpoint with a listening socket on each reactor.</summary>
internal sealed class LinuxListener : IInPlaceListener
{
    // For AcceptAsync only; beyond it connections are cut, like those beyond a socket's backlog.
    private const int MaxWaiting = 512;

    private readonly Channel<ConnectionContext> _waiting = Channel.CreateBounded<ConnectionContext>(MaxWaiting);
    private readonly List<(Reactor Reactor, Acceptor Acceptor)> _acceptors;
    private volatile Action<ConnectionContext>? _serve;
    private bool _isUnbound;

    /// <summary>Starts to accept on each acceptor that <paramref name="create"/> makes.</summary>
    public LinuxListener(IPEndPoint bound, Func<Action<LinuxConnection>, IEnumerable<(Reactor Reactor, Acceptor Acceptor)>> create)
    {
        EndPoint = bound;
        _acceptors = [.. create(Offer)];
        foreach (var (reactor, acceptor) in _acceptors)
        {
            reactor.Post(static self => ((Acceptor)self!).Start(), acceptor);
        }
    }

    /// <inheritdoc/>
    public EndPoint EndPoint { get; }

    /// <inheritdoc/>
    public void Serve(Action<ConnectionContext> serve)
    {
        _serve = serve;
        // Those that came before anybody served begin on their reactors as well.
        while (_waiting.Reader.TryRead(out var early))
        {
            Hand((LinuxConnection)early);
        }
    }

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

    /// <summary>When this has ended, no connection comes any more.</summary>
    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _isUnbound, true))
        {
            return;
        }

        foreach (var (reactor, acceptor) in _acceptors)
        {
            var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            reactor.Post(
                _ =>
                {
                    acceptor.Dispose();
                    closed.SetResult();
                },
                null);
            await closed.Task;
        }

        _waiting.Writer.TryComplete();
        while (_waiting.Reader.TryRead(out var connection))
        {
            connection.Abort();
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => UnbindAsync();

    // On the connection's reactor.
    private void Offer(LinuxConnection connection)
    {
        if (_serve is { } serve)
        {
            serve(connection);
        }
        else if (!_waiting.Writer.TryWrite(connection))
        {
            connection.Abort();
        }
        else if (_serve is not null && _waiting.Reader.TryRead(out var early))
        {
            // Serve began in between, and may have looked before this one was there.
            Hand((LinuxConnection)early);
        }
    }

    private void Hand(LinuxConnection connection) => connection.Run(self => _serve!((LinuxConnection)self!), connection);
}
