namespace MailProxy.Routing.Consul.Embedded.State;

/// <summary>Blocked queries. Not thread-safe: used under the lock of <see cref="AgentState"/>.</summary>
internal sealed class Waiters
{
    private readonly LinkedList<(Func<Topic, bool> Matches, TaskCompletionSource Woken)> waiting = new();

    /// <summary>Waits for a change of what matches. The task ends once; dispose of the returned action in any case.</summary>
    public (Task Woken, Action Remove) Add(Func<Topic, bool> matches)
    {
        var woken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var node = waiting.AddLast((matches, woken));
        return (woken.Task, () => Remove(node));
    }

    public void Wake(IReadOnlyCollection<Topic> touched)
    {
        foreach (var (matches, woken) in waiting)
        {
            if (touched.Any(matches))
            {
                woken.TrySetResult();
            }
        }
    }

    public void WakeAll()
    {
        foreach (var (_, woken) in waiting)
        {
            woken.TrySetResult();
        }
    }

    private void Remove(LinkedListNode<(Func<Topic, bool> Matches, TaskCompletionSource Woken)> node)
    {
        if (node.List is not null)
        {
            waiting.Remove(node);
        }
    }
}
