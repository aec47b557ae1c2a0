using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;

namespace MailProxy.Store.Engine.Files.Disk;

/// <summary>
/// fsync of message files, many at once on threads of its own: the file system's journal commits what waits together as one, and the
/// thread pool would offer only as many waiters as there are processors.
/// </summary>
internal sealed class DiskSync : IDisposable
{
    private const int StackOctets = 256 * 1024;

    // Unbounded, but every entry is a session that waits for it.
    private readonly BlockingCollection<(SafeFileHandle File, TaskCompletionSource Done)> queue = [];
    private readonly List<Thread> threads = [];
    private readonly StoreCounters counters;

    public DiskSync(int threadCount, StoreCounters counters)
    {
        this.counters = counters;
        for (int i = 0; i < threadCount; i++)
        {
            var thread = new Thread(Run, StackOctets) { IsBackground = true, Name = $"store fsync {i}" };
            threads.Add(thread);
            thread.Start();
        }
    }

    /// <summary>Completes when the file's content and size are durable.</summary>
    /// <exception cref="StoreFaultException">They are not, and may never be: give the file up.</exception>
    public Task FlushAsync(SafeFileHandle file)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            queue.Add((file, done));
        }
        catch (InvalidOperationException error)
        {
            done.SetException(new StoreFaultException("The store is stopping.", error));
        }

        return done.Task;
    }

    /// <summary>Finishes what waits.</summary>
    public void Dispose()
    {
        queue.CompleteAdding();
        threads.ForEach(thread => thread.Join());
        queue.Dispose();
    }

    private void Run()
    {
        foreach ((SafeFileHandle file, TaskCompletionSource done) in queue.GetConsumingEnumerable())
        {
            try
            {
                RandomAccess.FlushToDisk(file);
                counters.AddFileSync();
                done.SetResult();
            }
            catch (Exception error)
            {
                done.SetException(StoreFaultException.From(error, "making a message durable"));
            }
        }
    }
}
