using System.Collections.Concurrent;
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
/// <param name="serve">One connection from accept (and implicit TLS) to end; the token asks it to say goodbye. The server disposes the connection.</param>
/// <param name="options">Bounds.</param>
/// <param name="logger">Connection-level events.</param>
/// <param name="time">For timeouts and back-off.</param>
public sealed class ConnectionServer(
    IMailTransport transport,
    EndPoint endPoint,
    Func<ConnectionContext, CancellationToken, Task> serve,
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

    private readonly ConcurrentDictionary<ConnectionContext, Task> _live = new();
    private readonly CancellationTokenSource _stopping = new();
    private IConnectionListener? _listener;
    private Task _accepting = Task.CompletedTask;
    private int _served;
    private int _refusing;
    private bool _isDisposed;

    /// <summary>The address that was bound, with the real port.</summary>
    public EndPoint BoundEndPoint => _listener?.EndPoint ?? throw new InvalidOperationException("The server is not bound.");

    /// <summary>Connections served now.</summary>
    public int Count => Volatile.Read(ref _served);

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

        if (_listener is IInPlaceListener inPlace)
        {
            inPlace.Serve(connection => Start(connection, isInPlace: true));
            return;
        }

        _accepting = Task.Run(AcceptAsync, CancellationToken.None);
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
        if (!await EndWithinAsync(grace))
        {
            foreach (var (connection, _) in _live)
            {
                connection.Abort();
            }

            await Task.WhenAll(_live.Values);
        }

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
        var all = Task.WhenAll(_live.Values);
        try
        {
            await all.WaitAsync(grace, time);
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
                logger.LogWarning(exception, "Accepting on {EndPoint} failed; trying again", BoundEndPoint);
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
        var isServed = Interlocked.Increment(ref _served) <= options.MaxConnections;
        if (!isServed)
        {
            Interlocked.Decrement(ref _served);
        }

        // Registered before it runs, so that a stop in between waits for it too; it takes itself off at its end.
        // The accept loop must not run sessions; a thread that hands over in place is where they shall run.
        var begin = new TaskCompletionSource(isInPlace ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
        _live[connection] = isServed ? ServeAsync(connection, begin.Task) : RefuseAsync(connection, begin.Task);
        begin.SetResult();
    }

    private async Task ServeAsync(ConnectionContext connection, Task begin)
    {
        await begin;
        try
        {
            if (await BecomeEncryptedAsync(connection))
            {
                await serve(connection, _stopping.Token);
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

        Interlocked.Decrement(ref _served);
        await ReleaseAsync(connection);
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

    private async Task RefuseAsync(ConnectionContext connection, Task begin)
    {
        await begin;
        try
        {
            if (Interlocked.Increment(ref _refusing) <= MaxRefusalsAtOnce && options is { OnRefused: not null, ImplicitTls: null })
            {
                await options.OnRefused(connection).WaitAsync(RefusalLimit, time, _stopping.Token);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or TimeoutException)
        {
            connection.Abort();
        }
        catch (Exception exception)
        {
            logger.LogError(exception, "Refusing connection {ConnectionId} from {Client} failed", connection.ConnectionId, connection.RemoteEndPoint);
        }

        logger.LogInformation("Refused {Client} on {EndPoint}: {Limit} connections are served already", connection.RemoteEndPoint, connection.LocalEndPoint, options.MaxConnections);
        Interlocked.Decrement(ref _refusing);
        await ReleaseAsync(connection);
    }

    private async Task ReleaseAsync(ConnectionContext connection)
    {
        try
        {
            await connection.DisposeAsync();
        }
        catch (Exception exception)
        {
            logger.LogError(exception, "Closing connection {ConnectionId} failed", connection.ConnectionId);
        }

        _live.TryRemove(connection, out _);
    }
}
