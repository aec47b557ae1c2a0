using System.Diagnostics.CodeAnalysis;
using MailProxy.Proxy.Live;
using MailProxy.Transport.Serving;
using Microsoft.Extensions.Logging;

namespace MailProxy.Nodes.Draining;

/// <summary>
/// Takes a node out of service and back: not ready first, then no new sessions, then goodbyes at an even pace, then the end of what is left. One drain at a
/// time; a new one takes over from the one before, where that stands.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The source has neither timer nor other people's registrations, and a late end must find it alive.")]
internal sealed class NodeDrain(LiveSessions sessions, NodeListeners listeners, TimeProvider time, ILogger logger)
{
    // A tenth of a second is even enough, and a look at 100,000 sessions takes a few milliseconds.
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private DrainPlan? _plan;
    private long _startedAt;
    private volatile DrainState _state;

    /// <summary>How far it is.</summary>
    public DrainState State => _state;

    /// <summary>To the deadline; null: no drain runs.</summary>
    public TimeSpan? Left
    {
        get
        {
            lock (_gate)
            {
                return _plan is null || _state == DrainState.Drained ? null : Max(_plan.Deadline - time.GetElapsedTime(_startedAt), TimeSpan.Zero);
            }
        }
    }

    /// <summary>Begins; the task ends when no session is left, or the drain was ended or replaced.</summary>
    public Task Begin(DrainPlan plan)
    {
        lock (_gate)
        {
            _stop.Cancel();
            _stop = new CancellationTokenSource();
            (_plan, _startedAt) = (plan, time.GetTimestamp());
            var isFirst = _state == DrainState.Serving;
            if (isFirst)
            {
                // At once, because whoever asked may look at the readiness next.
                _state = DrainState.Refusing;
            }

            return _running = RunAsync(_running, plan, isFirst, _stop.Token);
        }
    }

    /// <summary>Ends a drain: listeners open again, and sessions that were not asked to end stay. Errors: <see cref="ListenFailedException"/>; the node stays drained then.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        Task running;
        lock (_gate)
        {
            _stop.Cancel();
            running = _running;
        }

        await running;
        await listeners.OpenAsync(cancellationToken);
        lock (_gate)
        {
            _plan = null;
            _state = DrainState.Serving;
        }

        logger.LogInformation("This node serves again");
    }

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;

    private async Task RunAsync(Task before, DrainPlan plan, bool isFirst, CancellationToken stop)
    {
        await before;
        var since = time.GetTimestamp();
        try
        {
            if (isFirst)
            {
                logger.LogInformation("Draining: not ready for {Grace} s, then goodbyes until {Deadline} s have passed", plan.Grace.TotalSeconds, plan.Deadline.TotalSeconds);
                await Task.Delay(plan.Grace, time, stop);
            }

            await listeners.CloseAsync();
            _state = DrainState.Ending;
            var asked = await PaceAsync(plan, since, stop);

            // Behind here there is no way back for the sessions: all were asked.
            stop.ThrowIfCancellationRequested();
            await listeners.EndAsync(plan.Patience);
            _state = DrainState.Drained;
            logger.LogInformation("Drained: {Count} sessions were asked to end, and none is left after {Seconds} s", asked, time.GetElapsedTime(since).TotalSeconds);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            logger.LogDebug("This drain was ended or replaced after {Seconds} s", time.GetElapsedTime(since).TotalSeconds);
        }
    }

    private async Task<int> PaceAsync(DrainPlan plan, long since, CancellationToken stop)
    {
        var pace = new GoodbyePace(plan.LeastRate);
        using var timer = new PeriodicTimer(Step, time);
        var farewells = sessions.BeginFarewells();
        var (asked, count) = (0, 0);
        while (true)
        {
            var left = farewells.EndSome(count, plan.Reason);
            asked += count;
            var remaining = plan.Deadline - plan.Patience - time.GetElapsedTime(since);
            if (listeners.Count == 0 || (left == 0 && remaining <= TimeSpan.Zero))
            {
                return asked;
            }

            count = pace.Next(left, Step, remaining);
            if (remaining > TimeSpan.Zero)
            {
                await timer.WaitForNextTickAsync(stop);
            }
        }
    }
}
