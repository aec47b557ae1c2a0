using System.Collections.Concurrent;

namespace MailProxy.Transport.Splice;

/// <summary>One timer for the limits of every splice; an idle session costs no timer of its own.</summary>
internal sealed class SpliceSweep(TimeProvider time)
{
    // The limits are minutes; seconds of precision are enough, and a pass over 100,000 sessions takes about a millisecond.
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<SpliceSession, bool> _sessions = new();
    private readonly Lock _gate = new();
    private ITimer? _timer;

    /// <summary>The clock that limits are measured with.</summary>
    public TimeProvider Time => time;

    /// <summary>Watches a session until <see cref="Remove"/>.</summary>
    public void Add(SpliceSession session)
    {
        lock (_gate)
        {
            _sessions[session] = true;
            _timer ??= time.CreateTimer(static self => ((SpliceSweep)self!).Pass(), this, Period, Period);
        }
    }

    /// <summary>Forgets a session; the last one stops the timer.</summary>
    public void Remove(SpliceSession session)
    {
        lock (_gate)
        {
            _sessions.TryRemove(session, out _);
            if (_sessions.IsEmpty)
            {
                _timer?.Dispose();
                _timer = null;
            }
        }
    }

    private void Pass()
    {
        var now = time.GetTimestamp();
        foreach (var (session, _) in _sessions)
        {
            session.CheckLimits(now);
        }
    }
}
