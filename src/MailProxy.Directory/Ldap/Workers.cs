using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace MailProxy.Directory.Ldap;

/// <summary>
/// Threads that may block, and a bounded line before them. The library's own asynchronous calls look for the answer every so many milliseconds: 250 searches a
/// second where one blocking thread makes thousands.
/// </summary>
internal sealed class Workers : IAsyncDisposable
{
    private readonly BlockingCollection<WorkItem> _line;
    private readonly Thread[] _threads;
    private readonly ILogger _logger;

    /// <param name="threads">How many.</param>
    /// <param name="waiting">How many items may wait.</param>
    /// <param name="logger">For errors of our own.</param>
    public Workers(int threads, int waiting, ILogger logger)
    {
        _logger = logger;
        _line = new BlockingCollection<WorkItem>(waiting);
        _threads = [.. Enumerable.Range(0, threads).Select(number => new Thread(Work) { IsBackground = true, Name = $"ldap {number}" })];
        foreach (var thread in _threads)
        {
            thread.Start();
        }
    }

    /// <summary>False when the line is full, or the workers are gone.</summary>
    public bool TryAdd(WorkItem item)
    {
        try
        {
            return _line.TryAdd(item);
        }
        catch (InvalidOperationException)
        {
            // Disposed meanwhile.
            return false;
        }
    }

    /// <summary>Waits for the questions that were asked before; each is bounded by its own time limits.</summary>
    public async ValueTask DisposeAsync()
    {
        _line.CompleteAdding();
        await Task.Factory.StartNew(() => Array.ForEach(_threads, thread => thread.Join()), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        _line.Dispose();
    }

    [SuppressMessage("Design", "CA1031", Justification = "A thread that ends takes its share of all logins with it.")]
    private void Work()
    {
        foreach (var item in _line.GetConsumingEnumerable())
        {
            try
            {
                item.Run();
            }
            catch (Exception exception)
            {
                LdapLog.Broken(_logger, exception);
            }
        }
    }
}
