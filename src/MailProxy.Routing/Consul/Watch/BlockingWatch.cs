using MailProxy.Routing.Consul.Client;
using Microsoft.Extensions.Logging;

namespace MailProxy.Routing.Consul.Watch;

/// <summary>
/// A loop of blocking queries over one thing. The rules of its index:
/// it starts without one; it blocks with at least 1; an index that went back, any failure, and an early return that moved nothing
/// (a snapshot restore, or an agent that stops) are each followed by one read without an index. Between the starts of two reads there
/// is always a pause, so that nothing spins, whatever the agent answers.
/// </summary>
internal sealed class BlockingWatch<T>(IWatchSource<T> source, WatchOptions options, TimeProvider time, Random random, ILogger logger)
{
    private ulong index;
    private int failures;
    private int earlyReturns;

    public WatchStatus Status { get; } = new(time);

    /// <summary>Runs until it is cancelled; never throws.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var started = time.GetTimestamp();
                var pause = await TurnAsync(started, cancellationToken);
                var rest = options.MinInterval - time.GetElapsedTime(started);
                pause = pause > rest ? pause : rest;
                if (pause > TimeSpan.Zero)
                {
                    await Task.Delay(pause, time, cancellationToken);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            logger.LogDebug("The watch of {Watch} ends", source.Name);
        }
    }

    // One read; returns how long to pause after it.
    private async Task<TimeSpan> TurnAsync(long started, CancellationToken cancellationToken)
    {
        try
        {
            var asked = index;
            var answer = await source.ReadAsync(new ConsulQuery(asked, options.Wait), cancellationToken);
            var verdict = WatchVerdict.Believed;
            if (asked == 0 || answer.Index != asked)
            {
                verdict = await source.TakeAsync(answer, cancellationToken);
            }

            index = verdict == WatchVerdict.Doubted ? 0 : Next(asked, answer.Index, time.GetElapsedTime(started));
            failures = 0;
            if (Status.Succeeded() is { } outage)
            {
                logger.LogInformation("Watch of {Watch}: Consul answers again after {Outage:0.0} s", source.Name, outage.TotalSeconds);
            }

            return verdict == WatchVerdict.Doubted ? options.DoubtInterval : EarlyPause();
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return Fail(e);
        }
    }

    private ulong Next(ulong asked, ulong answered, TimeSpan elapsed)
    {
        if (answered < asked)
        {
            logger.LogInformation("Watch of {Watch}: Consul's index went back from {Asked} to {Answered}; reading afresh", source.Name, asked, answered);
            return 0;
        }

        // The agent waits at least as long as it was asked to; a hair less is its clock's business.
        if (asked != 0 && answered == asked && elapsed < options.Wait * 0.9)
        {
            earlyReturns++;
            return 0;
        }

        earlyReturns = asked == 0 ? earlyReturns : 0;
        return Math.Max(1, answered);
    }

    // An agent that keeps returning early is asked less and less often.
    private TimeSpan EarlyPause() => earlyReturns == 0
        ? TimeSpan.Zero
        : TimeSpan.FromTicks(Math.Min(options.MaxEarlyPause.Ticks, options.MinInterval.Ticks << Math.Min(earlyReturns, 16)));

    private TimeSpan Fail(Exception e)
    {
        // A restarted agent may be behind our index, and would let us sleep for a whole wait.
        index = 0;
        if (e is ConsulException)
        {
            if (Status.Failed(e.Message))
            {
                logger.LogWarning("Watch of {Watch}: {Problem}; the last good view is kept", source.Name, e.Message);
            }
        }
        else if (Status.Failed($"internal error: {e.Message}"))
        {
            logger.LogError(e, "Watch of {Watch} met an error of our own; the last good view is kept", source.Name);
        }

        // Half of the pause is certain, half is chance: a hundred proxies must not come back at once.
        var full = Math.Min(options.MaxBackoff.TotalMilliseconds, options.FirstBackoff.TotalMilliseconds * Math.Pow(2, Math.Min(failures++, 16)));
        return TimeSpan.FromMilliseconds(full * (0.5 + (random.NextDouble() / 2)));
    }
}
