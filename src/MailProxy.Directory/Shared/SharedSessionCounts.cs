using System.Globalization;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace MailProxy.Directory.Shared;

/// <summary>
/// Live sessions of all nodes, on the server. A session is a lease that its node renews in one sweep: those of a node that died are forgotten by themselves, and a
/// server that lost everything is told again.
/// </summary>
public sealed class SharedSessionCounts : IAsyncDisposable
{
    /// <summary>How long a session counts whose node does not renew it.</summary>
    internal static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    // Two sweeps may fail before a lease ends.
    private static readonly TimeSpan SweepPeriod = Lease / 3;

    // Sent in one go; logins and ends go in between.
    private const int Batch = 256;

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, (RedisKey User, RedisKey? From)> _live = [];
    private readonly SemaphoreSlim _sweepNow = new(0, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly SharedLink _link;
    private readonly SharedNames _names;
    private readonly ILogger _logger;
    private Task _sweeping = Task.CompletedTask;

    internal SharedSessionCounts(SharedLink link, SharedNames names, ILogger logger)
    {
        (_link, _names, _logger) = (link, names, logger);
        _link.CameUp += SweepSoon;
    }

    /// <summary>Counts a session in. Null: the server cannot be asked now; it is told of the session once it can.</summary>
    /// <param name="session">Unique among all nodes.</param>
    /// <param name="user">Canonical name.</param>
    /// <param name="address">Any text that says where from; null: it is counted by user only.</param>
    /// <param name="perUser">Cap; 0: none.</param>
    /// <param name="perUserAndAddress">Cap; 0: none.</param>
    public async ValueTask<SharedCap?> EnterAsync(ulong session, string user, string? address, int perUser, int perUserAndAddress)
    {
        (RedisKey User, RedisKey? From) keys = (_names.Of("sessions", user), address is null ? null : (RedisKey?)_names.Of("sessions-from", user, address));
        Task<RedisResult?> asking;

        // What is noted and what is sent must come in the same order, or a renewal could overtake an end.
        lock (_gate)
        {
            _live[session] = keys;
            asking = SendAsync(session, keys, perUser, perUserAndAddress);
        }

        if (await asking is not { } answer)
        {
            return null;
        }

        var cap = (SharedCap)(int)answer;
        if (cap != SharedCap.None)
        {
            // Told as well: a sweep in between may have renewed what was never in.
            Leave(session);
        }

        return cap;
    }

    /// <summary>Counts a session out.</summary>
    public void Leave(ulong session)
    {
        lock (_gate)
        {
            if (_live.Remove(session, out var keys))
            {
                _link.Tell(SharedScripts.Leave, [keys.User, keys.From ?? keys.User], [TextOf(session)]);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _link.CameUp -= SweepSoon;
        await _stop.CancelAsync();
        await _sweeping;
        _stop.Dispose();
        _sweepNow.Dispose();
    }

    /// <summary>Begins to renew.</summary>
    internal void Start() => _sweeping = Task.Run(KeepSweepingAsync);

    private static string TextOf(ulong session) => session.ToString("x16", CultureInfo.InvariantCulture);

    private Task<RedisResult?> SendAsync(ulong session, (RedisKey User, RedisKey? From) keys, int perUser, int perUserAndAddress)
    {
        var hasAddress = keys.From is not null;
        return _link.AskAsync(
            SharedScripts.Enter, [keys.User, keys.From ?? keys.User], [TextOf(session), (long)Lease.TotalMilliseconds, perUser, perUserAndAddress, hasAddress]).AsTask();
    }

    private void SweepSoon()
    {
        try
        {
            _sweepNow.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is asked for already.
        }
    }

    private async Task KeepSweepingAsync()
    {
        try
        {
            while (true)
            {
                await _sweepNow.WaitAsync(SweepPeriod, _stop.Token);
                await SweepAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
        catch (Exception exception)
        {
            SharedLog.Broke(_logger, exception, "sessions");
        }
    }

    private async Task SweepAsync()
    {
        ulong[] sessions;
        lock (_gate)
        {
            sessions = [.. _live.Keys];
        }

        foreach (var batch in sessions.Chunk(Batch))
        {
            var renewing = new List<Task<RedisResult?>>(batch.Length);
            lock (_gate)
            {
                foreach (var session in batch)
                {
                    if (_live.TryGetValue(session, out var keys))
                    {
                        renewing.Add(SendAsync(session, keys, 0, 0));
                    }
                }
            }

            var isLost = false;
            foreach (var one in renewing)
            {
                isLost |= await one is null;
            }

            if (isLost || _stop.IsCancellationRequested)
            {
                return;
            }
        }
    }
}
