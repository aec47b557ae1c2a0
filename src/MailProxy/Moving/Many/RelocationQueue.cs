using MailProxy.Routing.Plans;
using System.Collections.Concurrent;
using MailProxy.Routing.Moves;

namespace MailProxy.Moving.Many;

/// <summary>Moves many users: so many at a time, no more than each new store fetches, and no more a minute than was asked. Who fails is tried once more at the end.</summary>
/// <param name="single">Moves one.</param>
/// <param name="request">How many at a time.</param>
/// <param name="report">Who hears of it.</param>
/// <param name="maxPulls">How many a store takes at a time.</param>
/// <param name="time">For the pace.</param>
internal sealed class RelocationQueue(
    SingleRelocation single, ManyRequest request, ManyReport report, Func<string, CancellationToken, Task<int>> maxPulls, TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _targets = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<Relocation> _done = [];
    private readonly ConcurrentDictionary<string, (Relocation One, string Reason)> _failed = new(StringComparer.Ordinal);
    private readonly Pace _pace = new(request.Rate, time);

    /// <summary>Who lives at the new store now.</summary>
    public IReadOnlyCollection<Relocation> Done => _done;

    /// <summary>Who does not, and why.</summary>
    public IReadOnlyCollection<(Relocation One, string Reason)> Failed => [.. _failed.Values.OrderBy(failed => failed.One.User, StringComparer.Ordinal)];

    /// <summary>Moves these. <paramref name="enough"/>: what is under way is finished and nothing more is begun. <paramref name="stop"/>: left where it is.</summary>
    public async Task RunAsync(IReadOnlyCollection<Relocation> work, CancellationToken enough, CancellationToken stop)
    {
        foreach (var store in work.Select(one => one.To).Distinct(StringComparer.Ordinal).Where(store => !_targets.ContainsKey(store)))
        {
            _targets[store] = new SemaphoreSlim(request.Via is null ? Math.Max(1, await maxPulls(store, stop)) : request.Parallel);
        }

        using var ticking = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var telling = report.TellAsync(ticking.Token);
        try
        {
            await Parallel.ForEachAsync(
                Interleaved(work),
                new ParallelOptions { MaxDegreeOfParallelism = request.Parallel, CancellationToken = stop },
                async (one, cancel) => await MoveAsync(one, enough, cancel));
        }
        finally
        {
            await ticking.CancelAsync();
            await telling;
        }
    }

    /// <summary>Tries those once more who failed.</summary>
    public async Task RetryAsync(CancellationToken enough, CancellationToken stop)
    {
        var again = _failed.Values.Select(failed => failed.One).ToList();
        if (again.Count > 0 && !enough.IsCancellationRequested)
        {
            report.Say($"{again.Count} failed and {(again.Count == 1 ? "is" : "are")} tried once more.");
            await RunAsync(again, enough, stop);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var target in _targets.Values)
        {
            target.Dispose();
        }
    }

    // Round and round the targets: a store that takes few at a time must not keep the others waiting.
    private static IEnumerable<Relocation> Interleaved(IReadOnlyCollection<Relocation> work) => work
        .GroupBy(one => one.To, StringComparer.Ordinal)
        .SelectMany(group => group.Select((one, place) => (one, place)))
        .OrderBy(pair => pair.place)
        .Select(pair => pair.one);

    private async Task MoveAsync(Relocation one, CancellationToken enough, CancellationToken stop)
    {
        if (!await _pace.NextAsync(enough, stop))
        {
            return;
        }

        var target = _targets[one.To];
        await target.WaitAsync(stop);
        try
        {
            if (!enough.IsCancellationRequested)
            {
                await TryMoveAsync(one, stop);
            }
        }
        finally
        {
            target.Release();
        }
    }

    private async Task TryMoveAsync(Relocation one, CancellationToken stop)
    {
        string reason;
        try
        {
            var result = await single.RunAsync(one, new DirectProgress<MoveProgress>(_ => { }), stop);
            if (result.Outcome == MoveOutcome.Moved)
            {
                _done.Add(one);
                _failed.TryRemove(one.User, out _);
                report.Moved(one, result.Held);
                return;
            }

            reason = result.Reason.Length > 0 ? result.Reason : "their move was being taken back";
        }
        catch (MoveException exception)
        {
            reason = exception.Message;
        }

        _failed[one.User] = (one, reason);
        report.Failed(one, reason);
    }
}
