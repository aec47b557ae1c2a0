namespace MailProxy.Store.Engine.Files.Disk;

/// <summary>
/// Writing and fsync of message files, many at once on threads of its own: the file system's journal commits what waits together as one, and the
/// thread pool would offer only as many waiters as there are processors.
/// </summary>
internal sealed class DiskSync : IDisposable
{
    private const int StackOctets = 256 * 1024;

    // A monitor, because its waiters sleep: those of a BlockingCollection spin first, and so many threads that look for work so often were a third of the store's CPU.
    // Unbounded, but every entry is a session that waits for it.
    private readonly object gate = new();
    private readonly Queue<(Action Work, TaskCompletionSource Done)> queue = [];
    private readonly List<Thread> threads = [];
    private bool isStopping;

    public DiskSync(int threadCount)
    {
        for (int i = 0; i < threadCount; i++)
        {
            var thread = new Thread(Run, StackOctets) { IsBackground = true, Name = $"store fsync {i}" };
            threads.Add(thread);
            thread.Start();
        }
    }

    /// <summary>Completes, or fails, with <paramref name="work"/>.</summary>
    /// <exception cref="StoreFaultException">The store is stopping.</exception>
    public Task RunAsync(Action work)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if (isStopping)
            {
                done.SetException(new StoreFaultException("The store is stopping."));
            }
            else
            {
                queue.Enqueue((work, done));
                Monitor.Pulse(gate);
            }
        }

        return done.Task;
    }

    /// <summary>Finishes what waits.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            isStopping = true;
            Monitor.PulseAll(gate);
        }

        threads.ForEach(thread => thread.Join());
    }

    private void Run()
    {
        while (Take() is var (work, done))
        {
            try
            {
                work();
                done.SetResult();
            }
            catch (Exception error)
            {
                done.SetException(error);
            }
        }
    }

    // Null: nothing waits and nothing more comes.
    private (Action Work, TaskCompletionSource Done)? Take()
    {
        lock (gate)
        {
            while (queue.Count == 0)
            {
                if (isStopping)
                {
                    return null;
                }

                Monitor.Wait(gate);
            }

            return queue.Dequeue();
        }
    }
}
