using System.Collections.Concurrent;
using MailProxy.Transport.Linux.Reactors;

namespace MailProxy.Transport.Linux.Splice;

/// <summary>One timer for the limits of all joins of a reactor; an idle session costs no timer of its own.</summary>
internal sealed class JoinSweep(Reactor reactor, TimeProvider time) : IDisposable
{
    // The limits are minutes; seconds of precision are enough.
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    // Goodbyes of one turn: each is some system calls and a line of log, and the other sessions must not wait for thousands of them.
    private const int MaxEndingsPerTurn = 64;

    private readonly List<SpliceJoin> _joins = [];
    private readonly ConcurrentQueue<SpliceJoin> _ending = new();
    private ITimer? _timer;
    private volatile bool _isEmpty = true;
    private bool _isPosted;
    private bool _isEndingPosted;

    /// <summary>The clock that limits are measured with.</summary>
    public TimeProvider Time => time;

    /// <summary>Joins that live now; from any thread.</summary>
    public int Count => _joins.Count;

    /// <summary>Watches a join until <see cref="Remove"/>; on the reactor's thread, like that.</summary>
    public void Add(SpliceJoin join)
    {
        join.SweepIndex = _joins.Count;
        _joins.Add(join);
        _isEmpty = false;
        _timer ??= time.CreateTimer(static self => ((JoinSweep)self!).OnTimer(), this, Period, Period);
    }

    /// <summary>Forgets a join.</summary>
    public void Remove(SpliceJoin join)
    {
        var last = _joins[^1];
        _joins[join.SweepIndex] = last;
        last.SweepIndex = join.SweepIndex;
        _joins.RemoveAt(_joins.Count - 1);
        _isEmpty = _joins.Count == 0;
    }

    /// <summary>Asks a join for a boundary, when its turn comes; from any thread.</summary>
    public void EndSoon(SpliceJoin join)
    {
        _ending.Enqueue(join);
        PostEndings();
    }

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();

    private void PostEndings()
    {
        if (!Interlocked.Exchange(ref _isEndingPosted, true))
        {
            reactor.Post(static self => ((JoinSweep)self!).BeginEndings(), this);
        }
    }

    private void BeginEndings()
    {
        // Before the queue is looked at, because whoever is put in behind that must post again.
        Interlocked.Exchange(ref _isEndingPosted, false);
        try
        {
            for (var left = MaxEndingsPerTurn; left > 0 && _ending.TryDequeue(out var join); left--)
            {
                join.BeginEnding();
            }
        }
        finally
        {
            if (!_ending.IsEmpty)
            {
                PostEndings();
            }
        }
    }

    private void OnTimer()
    {
        if (!_isEmpty && !Interlocked.Exchange(ref _isPosted, true))
        {
            reactor.Post(static self => ((JoinSweep)self!).Pass(), this);
        }
    }

    private void Pass()
    {
        Volatile.Write(ref _isPosted, false);
        var now = time.GetTimestamp();
        // Backwards, because a join that ends takes itself out and the last one takes its place.
        for (var i = _joins.Count - 1; i >= 0; i--)
        {
            if (i < _joins.Count)
            {
                _joins[i].CheckLimits(now);
            }
        }
    }
}
