using System.Diagnostics.CodeAnalysis;

namespace MailProxy.Store.Engine.Files.Disk;

/// <summary>
/// What waits for threads of the engine's own. Its waiters sleep at once: those of a BlockingCollection spin first, and threads that look for work so often were a third
/// of the store's CPU. Unbounded: every entry is a session that waits for it, or garbage that the database lists as well.
/// </summary>
internal sealed class WorkQueue<T>
{
    private readonly object gate = new();
    private readonly Queue<T> queue = [];
    private bool isComplete;

    /// <summary>Adds one; false: no more are taken.</summary>
    public bool TryAdd(T item)
    {
        lock (gate)
        {
            if (isComplete)
            {
                return false;
            }

            queue.Enqueue(item);
            Monitor.Pulse(gate);
            return true;
        }
    }

    /// <summary>Waits for one; false: nothing waits and nothing more comes.</summary>
    public bool Take([MaybeNullWhen(false)] out T item)
    {
        lock (gate)
        {
            while (queue.Count == 0 && !isComplete)
            {
                Monitor.Wait(gate);
            }

            return queue.TryDequeue(out item);
        }
    }

    /// <summary>Waits for one and takes what is there besides, <paramref name="most"/> in all, into <paramref name="items"/>; false: nothing waits and nothing more comes.</summary>
    public bool Take(List<T> items, int most)
    {
        if (!Take(out var first))
        {
            return false;
        }

        items.Add(first);
        lock (gate)
        {
            while (items.Count < most && queue.TryDequeue(out var next))
            {
                items.Add(next);
            }
        }

        return true;
    }

    /// <summary>Takes no more; what waits is still given out.</summary>
    public void Complete()
    {
        lock (gate)
        {
            isComplete = true;
            Monitor.PulseAll(gate);
        }
    }
}
