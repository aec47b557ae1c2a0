using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace MailProxy.Directory.File;

/// <summary>
/// Calls back when a file may have changed: soon, by the file system's notifications (of the folder, so that an atomic replacement by
/// rename is seen), and at the latest at the next poll, because notifications get lost (network file systems, mounted ConfigMaps).
/// </summary>
internal sealed class FileWatch(string path, Action check, ILogger logger, TimeProvider time) : IAsyncDisposable
{
    /// <summary>One open and one fstat: nothing, and nobody waits long for a change.</summary>
    public static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(2);

    // Holds at most the one wish to look: a hundred notifications are one reason.
    private readonly Channel<bool> _wishes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private TaskCompletionSource _nextCheck = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private FileSystemWatcher? _watcher;
    private ITimer? _timer;
    private Task _loop = Task.CompletedTask;

    /// <summary>Completes when the next check is done.</summary>
    public Task NextCheck => Volatile.Read(ref _nextCheck).Task;

    /// <summary>Begins to watch; once.</summary>
    public void Start()
    {
        _timer = time.CreateTimer(_ => Wish(), null, PollInterval, PollInterval);
        _watcher = Watch();
        _loop = Task.Run(LoopAsync);
    }

    public async ValueTask DisposeAsync()
    {
        _watcher?.Dispose();
        if (_timer is not null)
        {
            await _timer.DisposeAsync();
        }

        _wishes.Writer.TryComplete();
        await _loop;
    }

    private void Wish() => _wishes.Writer.TryWrite(true);

    private async Task LoopAsync()
    {
        await foreach (bool _ in _wishes.Reader.ReadAllAsync())
        {
            TaskCompletionSource done = Interlocked.Exchange(ref _nextCheck, new(TaskCreationOptions.RunContinuationsAsynchronously));
            try
            {
                check();
            }
            catch (Exception exception)
            {
                // A bug; the next change is looked at all the same.
                FileDirectoryLog.CheckFailed(logger, exception, path);
            }

            done.SetResult();
        }
    }

    private FileSystemWatcher? Watch()
    {
        try
        {
            var watcher = new FileSystemWatcher(Path.GetDirectoryName(path)!, Path.GetFileName(path))
            {
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.Size | NotifyFilters.CreationTime,
            };
            watcher.Changed += (_, _) => Wish();
            watcher.Created += (_, _) => Wish();
            watcher.Deleted += (_, _) => Wish();
            watcher.Renamed += (_, _) => Wish();
            watcher.Error += (_, error) => NotWatched(error.GetException().Message);
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or PlatformNotSupportedException or UnauthorizedAccessException)
        {
            // No such folder yet, or the system's inotify instances are used up.
            NotWatched(exception.Message);
            return null;
        }
    }

    private void NotWatched(string reason) => FileDirectoryLog.NotWatched(logger, path, PollInterval.TotalSeconds, reason);
}
