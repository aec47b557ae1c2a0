namespace MailProxy.Proxy.Sessions;

/// <summary>One timer for the deadlines of all sessions that are not spliced yet.</summary>
internal sealed class SessionDeadlines(TimeProvider time) : IDisposable
{
    // The limits are seconds and minutes; a second more hurts nobody.
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly List<SessionDeadline> _all = [];
    private ITimer? _timer;

    /// <summary>A time from now, as a timestamp of the clock.</summary>
    public long After(TimeSpan limit) => time.GetTimestamp() + (long)(limit.TotalSeconds * time.TimestampFrequency);

    /// <summary>Watches a deadline until <see cref="Remove"/>.</summary>
    public void Add(SessionDeadline deadline)
    {
        lock (_gate)
        {
            deadline.SweepIndex = _all.Count;
            _all.Add(deadline);
            _timer ??= time.CreateTimer(static self => ((SessionDeadlines)self!).Pass(), this, Period, Period);
        }
    }

    /// <summary>Forgets a deadline.</summary>
    public void Remove(SessionDeadline deadline)
    {
        lock (_gate)
        {
            var last = _all[^1];
            _all[deadline.SweepIndex] = last;
            last.SweepIndex = deadline.SweepIndex;
            _all.RemoveAt(_all.Count - 1);
        }
    }

    /// <summary>Those that are watched now.</summary>
    public SessionDeadline[] Snapshot()
    {
        lock (_gate)
        {
            return [.. _all];
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();

    private void Pass()
    {
        var now = time.GetTimestamp();
        foreach (var deadline in Snapshot())
        {
            deadline.Check(now);
        }
    }
}
