using MailProxy.Store.Moves.Api;

namespace MailProxy.Store.Moves;

/// <summary>A pull that runs, or has ended.</summary>
internal sealed class PullJob(string move, TimeProvider time, CancellationToken stop) : IDisposable
{
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(stop);
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _begin = time.GetTimestamp();
    private PullProgress? _end;

    /// <summary>Id of the move.</summary>
    public string Move => move;

    /// <summary>What the next pull of the same move need not ask for again (<see cref="UserPull.TakenSince"/>); 0: it asks for all.</summary>
    public long TakenSince { get; set; }

    /// <summary>What it has done.</summary>
    public PullCounts Counts { get; } = new();

    /// <summary>Completes at its end, whatever that is; never fails.</summary>
    public Task Done => _done.Task;

    /// <summary>Ended.</summary>
    public bool IsOver => Done.IsCompleted;

    /// <summary>How far it is.</summary>
    public PullProgress Progress => Volatile.Read(ref _end) ?? Describe(PullPhase.Running, null, null);

    /// <summary>Begins. <paramref name="run"/> returns the hold, as <see cref="UserPull.RunAsync"/>; <paramref name="explain"/> makes a sentence of its failure.</summary>
    public void Start(Func<CancellationToken, Task<string?>> run, Func<Exception, string> explain) => _ = Task.Run(async () =>
    {
        try
        {
            var hold = await run(_stop.Token);
            Volatile.Write(ref _end, Describe(PullPhase.Done, hold, null));
        }
        catch (Exception exception)
        {
            Volatile.Write(ref _end, Describe(PullPhase.Failed, null, explain(exception)));
        }

        _done.SetResult();
    });

    /// <summary>It never began.</summary>
    public void GiveUp() => _done.SetResult();

    /// <summary>Ends it early. What has arrived stays.</summary>
    public async Task CancelAsync()
    {
        await _stop.CancelAsync();
        await Done;
    }

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();

    private PullProgress Describe(PullPhase phase, string? hold, string? error) => new(
        move, phase, hold, Counts.Mailboxes, Counts.MailboxesTotal, Counts.Messages, Counts.Octets, Counts.Reused, Counts.Changed, Counts.Removed, time.GetElapsedTime(_begin).TotalSeconds, error);
}
