using Microsoft.Extensions.Logging;

namespace MailProxy.Directory.OAuth;

/// <summary>
/// The issuer's keys as they were when they could last be fetched. Fetched in the background; a token with a key that is not known fetches at once, but
/// not more often than every few seconds, whatever key ids are made up.
/// </summary>
/// <param name="load">Fetches.</param>
/// <param name="options">Valid.</param>
/// <param name="logger">For the turns of its health.</param>
/// <param name="time">For ages and pauses.</param>
internal sealed class KeyRing(Func<CancellationToken, Task<KeySet>> load, OAuthOptions options, ILogger logger, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    // An issuer that publishes a key and signs by it within this makes its users wait so long, once.
    private static readonly TimeSpan UnknownKeyPause = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private Task? _loading;
    private Task _refreshing = Task.CompletedTask;
    private long _triedAt;
    private long _loadedAt;
    private long _version;
    private int _failures;
    private KeySet? _keys;
    private string? _problem = "the keys were not fetched yet";
    private int _disposed;

    /// <summary>Why no token can be judged; null: they can.</summary>
    public string? Unreadiness => Current is null ? Problem : null;

    /// <summary>Why the keys could not be fetched the last time; null: they could.</summary>
    public string? Problem => Volatile.Read(ref _problem);

    /// <summary>How often they became others.</summary>
    public long Version => Interlocked.Read(ref _version);

    // Null: there never were any, or they are too old.
    private KeySet? Current => Volatile.Read(ref _keys) is { } keys && time.GetElapsedTime(Interlocked.Read(ref _loadedAt)) < options.KeepKeys ? keys : null;

    /// <summary>Fetches them once, and from then on in the background.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await LoadAsync().WaitAsync(cancellationToken);
        _refreshing = RefreshAsync();
    }

    /// <summary>The keys that a header may mean.</summary>
    public async Task<KeyAnswer> FindAsync(string? kid, string algorithm, CancellationToken cancellationToken)
    {
        var keys = Current;
        if (keys?.Knows(kid) != true && time.GetElapsedTime(Interlocked.Read(ref _triedAt)) >= UnknownKeyPause)
        {
            await LoadAsync().WaitAsync(cancellationToken);
            keys = Current;
        }

        if (keys is null)
        {
            return new KeyAnswer([], $"the issuer's keys are not known: {Problem}");
        }

        // A key that is not among old ones may be among those that could not be fetched.
        return keys.Knows(kid) || Problem is null
            ? new KeyAnswer(keys.Find(kid, algorithm))
            : new KeyAnswer([], $"the token's key is not known, and the keys cannot be fetched: {Problem}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        await _stop.CancelAsync();
        await _refreshing;
        Task? loading;
        lock (_lock)
        {
            loading = _loading;
        }

        await (loading ?? Task.CompletedTask);
        _stop.Dispose();
    }

    private async Task RefreshAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(Pause(), time, _stop.Token);
                await LoadAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // It is disposed.
        }
    }

    private TimeSpan Pause() => Problem is null
        ? options.Refresh
        : Backoff.After(Math.Max(0, Volatile.Read(ref _failures) - 1), FirstPause, LongestPause, Random.Shared.NextDouble());

    // Whoever wants them while they are being fetched waits for the same ones.
    private Task LoadAsync()
    {
        lock (_lock)
        {
            return _loading is { IsCompleted: false } ? _loading : _loading = Volatile.Read(ref _disposed) == 1 ? Task.CompletedTask : Task.Run(LoadOnceAsync);
        }
    }

    private async Task LoadOnceAsync()
    {
        Interlocked.Exchange(ref _triedAt, time.GetTimestamp());
        try
        {
            var keys = await load(_stop.Token);
            if (!keys.IsSame(Volatile.Read(ref _keys)))
            {
                Interlocked.Increment(ref _version);
                OAuthLog.Keys(logger, options.Issuer, keys.Count);
            }

            Interlocked.Exchange(ref _loadedAt, time.GetTimestamp());
            Volatile.Write(ref _keys, keys);
            Volatile.Write(ref _failures, 0);
            Volatile.Write(ref _problem, null);
        }
        catch (IssuerFaultException fault)
        {
            Interlocked.Increment(ref _failures);
            Volatile.Write(ref _problem, fault.Message);
            OAuthLog.NoKeys(logger, options.Issuer, Pause().TotalSeconds, fault.Message);
        }
        catch (OperationCanceledException)
        {
            // It is disposed.
        }
    }
}
