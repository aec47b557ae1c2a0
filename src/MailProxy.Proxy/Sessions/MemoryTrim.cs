namespace MailProxy.Proxy.Sessions;

/// <summary>
/// Gives memory back when a burst of logins is over. Each collection during it finds the dialogues under way alive and moves them on, which leaves
/// pages behind that are mostly empty; the sessions that stay are a kilobyte each, and the pages up to as much again. One collection that compacts puts it right.
/// </summary>
public sealed class MemoryTrim : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    // A compacting collection stops every thread for about a millisecond per megabyte that lives. It must not come often, and not at all where
    // sessions would feel it.
    private const int LooksBetween = 20;
    private const int QuietLooks = 2;
    private const int WorthIt = 8;
    private const long TooMuch = 48 * 1024 * 1024;

    private readonly ITimer _timer;
    private readonly Func<int> _count;
    private readonly Func<long> _live;
    private readonly Action _collect;
    private int _seen;
    private int _trimmedAt;
    private int _quiet;
    private int _wait;

    /// <summary>Of this process.</summary>
    public MemoryTrim(TimeProvider time)
        : this(
            time,
            static () => GC.CollectionCount(0),
            static () => GC.GetTotalMemory(forceFullCollection: false),
            static () => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true))
    {
    }

    /// <param name="time">For the looks.</param>
    /// <param name="count">Collections so far.</param>
    /// <param name="live">Octets that live, or nearly.</param>
    /// <param name="collect">Compacts; counted as a collection.</param>
    internal MemoryTrim(TimeProvider time, Func<int> count, Func<long> live, Action collect)
    {
        (_count, _live, _collect) = (count, live, collect);
        _seen = _trimmedAt = count();
        _timer = time.CreateTimer(static self => ((MemoryTrim)self!).OnLook(), this, Look, Look);
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void OnLook()
    {
        _wait = Math.Max(0, _wait - 1);
        var collections = _count();
        _quiet = collections == _seen ? _quiet + 1 : 0;
        _seen = collections;
        if (_wait > 0 || _quiet < QuietLooks || collections - _trimmedAt < WorthIt || _live() > TooMuch)
        {
            return;
        }

        _collect();
        _seen = _trimmedAt = _count();
        _wait = LooksBetween;
    }
}
