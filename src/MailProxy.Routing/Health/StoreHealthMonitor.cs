using MailProxy.Routing.Catalog;
using Microsoft.Extensions.Logging;

namespace MailProxy.Routing.Health;

/// <summary>
/// Judges stores' addresses by what this node's connections tell of them: counts failures, opens a breaker, probes until it may close, and paces those who
/// come back. What is known hangs on the catalog's own objects, so a login at a healthy store looks nothing up here.
/// </summary>
public sealed class StoreHealthMonitor : IDisposable
{
    private readonly List<DownEndpoint> _down = [];
    private readonly Lock _gate = new();
    private readonly StoreHealthMetrics _metrics = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly StoreHealthOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private IStoreProbe? _probe;
    private ITimer? _timer;
    private bool _isDisposed;

    /// <param name="options">Valid.</param>
    /// <param name="logger">For what opens and closes.</param>
    /// <param name="time">For probes and ramps.</param>
    /// <param name="random">Shifts probes.</param>
    public StoreHealthMonitor(StoreHealthOptions options, ILogger logger, TimeProvider time, Random random) =>
        (_options, _logger, _time, _random) = (options, logger, time, random);

    /// <summary>What is down by what this node knows, for people; empty: nothing.</summary>
    public IReadOnlyList<DownLook> Down
    {
        get
        {
            lock (_gate)
            {
                return
                [
                    .. _down.Select(down => new DownLook(
                        down.Store.Id, NameOf(down.Service), down.Endpoint.ToString(), down.Endpoint.OpenSince ?? _time.GetUtcNow(), down.Endpoint.Reason)),
                ];
            }
        }
    }

    /// <summary>One line for <c>/readyz?verbose</c>; null: nothing is down.</summary>
    public string? Notice => Down is { Count: > 0 } down
        ? string.Join("; ", down.Select(look => $"{look.Store}: {look.Service} at {look.Address} is down for {(_time.GetUtcNow() - look.Since).TotalSeconds:0} s ({look.Reason})"))
        : null;

    /// <summary>Who probes. Without, an address stays down until the catalog drops it.</summary>
    public void ProbeWith(IStoreProbe probe) => _probe = probe;

    /// <summary>An attempt failed before the store was of any use: no connection, no TLS, no greeting.</summary>
    /// <param name="store">The store.</param>
    /// <param name="service">What was asked for.</param>
    /// <param name="endpoint">Where.</param>
    /// <param name="reason">For people.</param>
    public void Failed(StoreNode store, StoreService service, EndpointHealth endpoint, string reason)
    {
        _metrics.Failed(store, endpoint);
        if (endpoint.Fail(_options.Failures, _time.GetUtcNow(), reason) && TryWatch(store, service, endpoint))
        {
            StoreHealthLog.Opened(_logger, store.Id, NameOf(service), endpoint.ToString(), endpoint.Failures, reason, _options.ProbeEvery.TotalSeconds);
        }
    }

    /// <summary>The store greeted, and then left a login without an answer. One user's may be one mailbox's trouble; that of several is the store's.</summary>
    /// <param name="store">The store.</param>
    /// <param name="service">What was asked for.</param>
    /// <param name="endpoint">Where.</param>
    /// <param name="user">Whose login; never logged here.</param>
    /// <param name="reason">For people.</param>
    public void Unanswered(StoreNode store, StoreService service, EndpointHealth endpoint, string user, string reason)
    {
        _metrics.Failed(store, endpoint);
        if (endpoint.Hush(user, _options.SilentUsers, _options.SilentWindow, _time.GetUtcNow(), reason) && TryWatch(store, service, endpoint))
        {
            StoreHealthLog.Silent(_logger, store.Id, NameOf(service), endpoint.ToString(), _options.SilentUsers, reason, _options.TrialEvery.TotalSeconds);
        }
    }

    /// <summary>The store was of use, whatever it said to this user.</summary>
    public void Succeeded(EndpointHealth endpoint)
    {
        if (!endpoint.Succeed())
        {
            return;
        }

        DownEndpoint? down;
        lock (_gate)
        {
            down = _down.Find(one => one.Endpoint == endpoint);
            if (_isDisposed || down is null || !_down.Remove(down))
            {
                return;
            }
        }

        Close(down);
    }

    // False: the node is stopping.
    private bool TryWatch(StoreNode store, StoreService service, EndpointHealth endpoint)
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return false;
            }

            var down = new DownEndpoint(store, service, endpoint);
            Schedule(down, _options.ProbeEvery);
            _down.Add(down);
            _timer ??= _time.CreateTimer(static self => ((StoreHealthMonitor)self!).Sweep(), this, SweepPeriod, SweepPeriod);
        }

        _metrics.Opened(store, endpoint);
        return true;
    }

    /// <summary>A login's turn, if the store has just come back; at once if not.</summary>
    /// <exception cref="OperationCanceledException">Not in time.</exception>
    public ValueTask<ReturnTurn> EnterAsync(StoreNode store, CancellationToken cancellationToken) =>
        store.Health.IsCalm ? default : WaitAsync(store, cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _timer?.Dispose();
            _down.Clear();
        }

        _stop.Cancel();
        _stop.Dispose();
        _metrics.Dispose();
    }

    internal static string NameOf(StoreService service) => service.ToString().ToLowerInvariant();

    // Often enough that a shifted probe is not late by much.
    private TimeSpan SweepPeriod => _options.ProbeEvery / 4;

    private async ValueTask<ReturnTurn> WaitAsync(StoreNode store, CancellationToken cancellationToken)
    {
        if (store.Health.Ramp(health => new ReturnRamp(health, _options, _time)) is not { } ramp)
        {
            return default;
        }

        _metrics.Waiting(store, 1);
        try
        {
            return await ramp.EnterAsync(cancellationToken) ? new ReturnTurn(ramp, false) : ReturnTurn.Refused;
        }
        finally
        {
            _metrics.Waiting(store, -1);
        }
    }

    // Called with the gate held, or before it is in the list.
    private void Schedule(DownEndpoint down, TimeSpan pause) =>
        down.NextProbe = _time.GetTimestamp() + (long)(pause.TotalSeconds * (0.75 + (0.5 * _random.NextDouble())) * _time.TimestampFrequency);

    private void Sweep()
    {
        List<DownEndpoint> due;
        lock (_gate)
        {
            foreach (var gone in _down.Where(down => down.Endpoint.IsRetired).ToList())
            {
                _down.Remove(gone);
                _metrics.Closed(gone.Store, gone.Endpoint);
                StoreHealthLog.Dropped(_logger, gone.Store.Id, NameOf(gone.Service), gone.Endpoint.ToString());
            }

            var now = _time.GetTimestamp();
            due = [.. _down.Where(down => !down.IsProbed && now >= down.NextProbe)];
            due.ForEach(down => down.IsProbed = true);
            if (_down.Count == 0)
            {
                _timer?.Dispose();
                _timer = null;
            }
        }

        // Each begins here, on the timer's thread, and goes on elsewhere.
        foreach (var down in due)
        {
            _ = ProbeAsync(down);
        }
    }

    private async Task ProbeAsync(DownEndpoint down)
    {
        string? problem = "nobody probes";
        bool isSilent;
        try
        {
            using var limit = new CancellationTokenSource(_options.ProbeTimeout, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stop.Token);
            problem = _probe is null ? problem : await _probe.ProbeAsync(down.Store, down.Service, down.Endpoint, either.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            problem = $"no greeting within {_options.ProbeTimeout.TotalSeconds:0.#} s";
        }
        catch (Exception exception)
        {
            problem = exception.Message;
            StoreHealthLog.ProbeBroke(_logger, exception, down.Store.Id, NameOf(down.Service), down.Endpoint.ToString());
        }

        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            down.IsProbed = false;
            if (problem is not null)
            {
                down.Endpoint.ForgetSilence();
            }

            isSilent = down.Endpoint.IsSilent && problem is null;
            Schedule(down, isSilent ? _options.TrialEvery : _options.ProbeEvery);
            var isBack = problem is null && !isSilent;
            if (isBack ? !_down.Remove(down) : !_down.Contains(down))
            {
                return;
            }
        }

        if (isSilent)
        {
            // It greets, as it did all the while.
            down.Endpoint.AllowTrial();
            StoreHealthLog.StillDown(_logger, down.Store.Id, NameOf(down.Service), down.Endpoint.ToString(), "it greets; the next login is tried there");
            return;
        }

        if (problem is not null)
        {
            StoreHealthLog.StillDown(_logger, down.Store.Id, NameOf(down.Service), down.Endpoint.ToString(), problem);
            return;
        }

        Close(down);
    }

    private void Close(DownEndpoint down)
    {
        // Before the breaker closes, or the first logins would slip in ahead of the ramp.
        down.Store.Health.MarkBack();
        var open = down.Endpoint.Close(_time.GetUtcNow());
        _metrics.Closed(down.Store, down.Endpoint);
        StoreHealthLog.Closed(_logger, down.Store.Id, NameOf(down.Service), down.Endpoint.ToString(), open.TotalSeconds);
    }
}
