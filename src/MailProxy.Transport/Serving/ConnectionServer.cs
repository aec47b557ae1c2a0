using System.Net;
using System.Net.Sockets;
using MailProxy.Transport.Tls;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace MailProxy.Transport.Serving;

/// <summary>
/// Accepts on one endpoint and serves each connection. Stop = unbind, ask (the token), wait (the grace), abort, dispose.
/// </summary>
/// <param name="transport">Where connections come from.</param>
/// <param name="endPoint">Where to listen; port 0 means any free one.</param>
/// <param name="serve">One connection from accept (and implicit TLS) to end or hand-over; the token asks it to say goodbye. The server disposes the connection.</param>
/// <param name="options">Bounds.</param>
/// <param name="logger">Connection-level events.</param>
/// <param name="time">For timeouts and back-off.</param>
public sealed class ConnectionServer(
    IMailTransport transport,
    EndPoint endPoint,
    Func<ServedConnection, CancellationToken, Task> serve,
    ConnectionServerOptions options,
    ILogger logger,
    TimeProvider time) : IAsyncDisposable
{
    // Descriptors ran out: the next accept would fail at once. A tenth of a second lets sessions end without spinning or losing the backlog.
    private static readonly TimeSpan AcceptBackoff = TimeSpan.FromMilliseconds(100);

    // Beyond so many at once a refusal is a bare close: telling a flood off must not cost more than the limit saves.
    private const int MaxRefusalsAtOnce = 100;

    // One line to a client that reads it at all.
    private static readonly TimeSpan RefusalLimit = TimeSpan.FromSeconds(5);

    private readonly LiveConnections _live = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly BoundedCount _served = new(options.MaxConnections);
    private RepeatedEvent? _refusals;
    private RepeatedEvent? _acceptFaults;
    private (EndPoint? Client, LimitReached Limit) _lastRefused;
    private Exception? _lastFault;
    private IConnectionListener? _listener;
    private Task _accepting = Task.CompletedTask;
    private int _refusing;
    private bool _isDisposed;
    private bool _isCutting;

    /// <summary>A server whose method serves each connection to its end.</summary>
    public ConnectionServer(
        IMailTransport transport,
        EndPoint endPoint,
        Func<ConnectionContext, CancellationToken, Task> serve,
        ConnectionServerOptions options,
        ILogger logger,
        TimeProvider time)
        : this(transport, endPoint, (ServedConnection served, CancellationToken stop) => serve(served.Connection, stop), options, logger, time)
    {
    }

    /// <summary>The address that was bound, with the real port.</summary>
    public EndPoint BoundEndPoint => _listener?.EndPoint ?? throw new InvalidOperationException("The server is not bound.");

    /// <summary>Connections served now.</summary>
    public int Count => _served.Value;

    /// <summary>A stop has begun.</summary>
    internal bool IsStopping => _stopping.IsCancellationRequested;

    /// <summary>A stop has run out of patience.</summary>
    internal bool IsCutting => Volatile.Read(ref _isCutting);

    /// <summary>Listens and begins to serve. Errors: <see cref="ListenFailedException"/>.</summary>
    public async Task BindAsync(CancellationToken cancellationToken)
    {
        try
        {
            _listener = await transport.BindAsync(endPoint, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or SocketException or InvalidOperationException)
        {
            throw new ListenFailedException(endPoint, exception);
        }

        _refusals = new RepeatedEvent(time, LogRefusals);
        _acceptFaults = new RepeatedEvent(time, LogAcceptFaults);
        if (_listener is IInPlaceListener inPlace)
        {
            inPlace.Serve(connection => Start(connection, isInPlace: true));
            return;
        }

        _accepting = Task.Run(AcceptAsync, CancellationToken.None);
    }

    /// <summary>Takes no more connections; those that there are go on. Harmless when repeated.</summary>
    public async Task UnbindAsync()
    {
        if (_listener is not null)
        {
            await _listener.UnbindAsync();
        }
    }

    /// <summary>Ends all service; connections that have not ended within <paramref name="grace"/> are aborted.</summary>
    public async Task StopAsync(TimeSpan grace)
    {
        if (_listener is not null)
        {
            await _listener.UnbindAsync();
        }

        await _stopping.CancelAsync();
        await _accepting;
        foreach (var served in _live.Snapshot)
        {
            served.Rest?.Stop();
        }

        if (!await EndWithinAsync(grace))
        {
            Volatile.Write(ref _isCutting, true);
            Interlocked.MemoryBarrier();
            foreach (var served in _live.Snapshot)
            {
                // A splice that waits for the other side only would not notice the abort of this one.
                served.Rest?.Cut();
                served.Connection.Abort();
            }

            await _live.WhenEmptyAsync();
        }

        _refusals?.Dispose();
        _acceptFaults?.Dispose();
        if (_listener is not null)
        {
            await _listener.DisposeAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }

        await StopAsync(TimeSpan.Zero);
        _stopping.Dispose();
    }

    private async Task<bool> EndWithinAsync(TimeSpan grace)
    {
        try
        {
            await _live.WhenEmptyAsync().WaitAsync(grace, time);
        }
        catch (TimeoutException)
        {
            return false;
        }

        return true;
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            ConnectionContext? connection;
            try
            {
                connection = await _listener!.AcceptAsync();
            }
            catch (Exception exception)
            {
                _lastFault = exception;
                _acceptFaults!.Happened();
                await BackOffAsync();
                continue;
            }

            if (connection is null)
            {
                return;
            }

            Start(connection, isInPlace: false);
        }
    }

    private async Task BackOffAsync()
    {
        try
        {
            await Task.Delay(AcceptBackoff, time, _stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // Stopping: the loop ends by itself.
        }
    }

    private void Start(ConnectionContext connection, bool isInPlace)
    {
        // Registered before it runs, so that a stop in between waits for it too; it takes itself off at its end.
        var served = new ServedConnection(this, connection);
        _live.Add(served);
        if (isInPlace)
        {
            _ = ServeAsync(served);
        }
        else
        {
            // The accept loop must not run sessions; a thread that hands over in place is where they shall run.
            ThreadPool.UnsafeQueueUserWorkItem(served, preferLocal: false);
        }
    }

    private LimitReached Enter(EndPoint? client)
    {
        if (!_served.TryEnter())
        {
            return LimitReached.Listener;
        }

        var limit = options.Limits?.TryEnter(client) ?? LimitReached.None;
        if (limit != LimitReached.None)
        {
            _served.Leave();
        }

        return limit;
    }

    /// <summary>One connection from its beginning to its end or hand-over. Throws nothing.</summary>
    internal async Task ServeAsync(ServedConnection served)
    {
        if (Enter(served.Client) is var limit && limit != LimitReached.None)
        {
            await RefuseAsync(served.Connection, limit);
            await DisposeAsync(served);
            return;
        }

        var connection = served.Connection;
        try
        {
            if (await BecomeEncryptedAsync(connection))
            {
                await serve(served, _stopping.Token);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            logger.LogDebug("Connection {ConnectionId} from {Client} ended: {Reason}", connection.ConnectionId, connection.RemoteEndPoint, exception.Message);
        }
        catch (Exception exception)
        {
            logger.LogError(exception, "Serving connection {ConnectionId} from {Client} failed", connection.ConnectionId, connection.RemoteEndPoint);
        }

        if (served.Rest is null)
        {
            await ReleaseAsync(served);
        }
    }

    /// <summary>By whose network a connection counts from its beginning; null: by nobody's yet.</summary>
    internal EndPoint? CountedAs(ConnectionContext connection) => options.PeersSpeakForClients ? null : connection.RemoteEndPoint;

    /// <summary>Counts a served connection by another client's network than before.</summary>
    internal bool TryCount(ServedConnection served, EndPoint? client)
    {
        if (options.Limits is not null && !options.Limits.TryExchange(served.Client, client))
        {
            NoteRefusal(client, LimitReached.Network);
            return false;
        }

        served.Client = client;
        return true;
    }

    /// <summary>A served connection is over: disposes it and counts it out.</summary>
    internal async Task ReleaseAsync(ServedConnection served)
    {
        _served.Leave();
        options.Limits?.Leave(served.Client);
        await DisposeAsync(served);
    }

    private async Task<bool> BecomeEncryptedAsync(ConnectionContext connection)
    {
        if (options.ImplicitTls is null)
        {
            return true;
        }

        using var deadline = new CancellationTokenSource(options.HandshakeTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _stopping.Token);
        var outcome = await connection.Features.Get<ITlsFeature>()!.BecomeServerAsync(options.ImplicitTls.Current, either.Token);
        if (outcome != TlsOutcome.Done)
        {
            logger.LogDebug("No TLS with {Client} on {EndPoint}: {Outcome}", connection.RemoteEndPoint, connection.LocalEndPoint, outcome);
        }

        return outcome == TlsOutcome.Done;
    }

    private async Task RefuseAsync(ConnectionContext connection, LimitReached limit)
    {
        NoteRefusal(connection.RemoteEndPoint, limit);
        options.Refused?.Invoke(limit);
        var isTold = false;
        try
        {
            if (Interlocked.Increment(ref _refusing) <= MaxRefusalsAtOnce && options is { OnRefused: not null, ImplicitTls: null })
            {
                await options.OnRefused(connection).WaitAsync(RefusalLimit, time, _stopping.Token);
                isTold = true;
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or TimeoutException)
        {
            logger.LogDebug("Connection {ConnectionId} from {Client} was refused and did not hear it: {Reason}", connection.ConnectionId, connection.RemoteEndPoint, exception.Message);
        }
        catch (Exception exception)
        {
            logger.LogError(exception, "Refusing connection {ConnectionId} from {Client} failed", connection.ConnectionId, connection.RemoteEndPoint);
        }

        Interlocked.Decrement(ref _refusing);
        if (!isTold)
        {
            // A reset leaves nothing behind, in the kernel either.
            connection.Abort();
        }
    }

    private void NoteRefusal(EndPoint? client, LimitReached limit)
    {
        _lastRefused = (client, limit);
        _refusals!.Happened();
    }

    private void LogRefusals(long count)
    {
        var (client, limit) = _lastRefused;
        logger.LogWarning(
            "Refused {Count} connections to {EndPoint}, the last one from {Client}: the limit is reached ({Limit})", count, BoundEndPoint, client, limit);
    }

    private void LogAcceptFaults(long count) =>
        logger.LogWarning(
            _lastFault is SocketException ? null : _lastFault,
            "Accepting on {EndPoint} failed {Count} times, {Reason}; new connections wait or are closed, and it is tried again",
            BoundEndPoint,
            count,
            _lastFault?.Message);

    private async Task DisposeAsync(ServedConnection served)
    {
        try
        {
            await served.Connection.DisposeAsync();
        }
        catch (Exception exception)
        {
            logger.LogError(exception, "Closing connection {ConnectionId} failed", served.Connection.ConnectionId);
        }

        _live.Remove(served);
    }
}
