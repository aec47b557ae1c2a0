namespace MailProxy.Store.Engine.Files.Disk;

/// <summary>
/// Writing and fsync of message files, many at once on threads of its own: the file system's journal commits what waits together as one, and the
/// thread pool would offer only as many waiters as there are processors.
/// </summary>
internal sealed class DiskSync : IDisposable
{
    private const int StackOctets = 256 * 1024;

    private readonly WorkQueue<Action> queue = new();
    private readonly List<Thread> threads = [];

    public DiskSync(int threadCount)
    {
        for (int i = 0; i < threadCount; i++)
        {
            var thread = new Thread(Run, StackOctets) { IsBackground = true, Name = $"store fsync {i}" };
            threads.Add(thread);
            thread.Start();
        }
    }

    /// <summary>Does <paramref name="work"/>, which throws nothing, on one of the threads; false: the store is stopping.</summary>
    public bool TryPost(Action work) => queue.TryAdd(work);

    /// <summary>Completes, or fails, with <paramref name="work"/>.</summary>
    /// <exception cref="StoreFaultException">The store is stopping.</exception>
    public Task RunAsync(Action work)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bool isTaken = TryPost(() =>
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
        });
        return isTaken ? done.Task : Task.FromException(StoreFaultException.Stopping());
    }

    /// <summary>Finishes what waits.</summary>
    public void Dispose()
    {
        queue.Complete();
        threads.ForEach(thread => thread.Join());
    }

    private void Run()
    {
        while (queue.Take(out Action? work))
        {
            work();
        }
    }
}
