using MailProxy.Store.Engine.Files.Database;
using MailProxy.Store.Engine.Files.Disk;
using Microsoft.Extensions.Logging;

namespace MailProxy.Store.Engine.Files.Recovery;

/// <summary>
/// Removes, behind everyone's back, the links that no mailbox refers to. Each is recorded in the garbage table by the batch that dropped the
/// reference, and forgotten there only after its removal is durable; so a crash costs a repetition, never an orphan. Numbers are not given
/// again, so a repetition harms nothing.
/// </summary>
internal sealed class Sweeper : IDisposable
{
    // One sync of the file system for so many removals; also the rows of a deleted mailbox that are in memory at a time.
    private const int SyncEvery = 1_024;

    private readonly WorkQueue<Action> queue = new();
    private readonly List<Garbage> removed = [];
    private readonly StoreDatabase database;
    private readonly StoreFolders folders;
    private readonly ILogger logger;
    private readonly Thread thread;

    public Sweeper(StoreDatabase database, StoreFolders folders, ILogger logger)
    {
        this.database = database;
        this.folders = folders;
        this.logger = logger;
        database.Scan(StoreTable.Garbage, [], (key, _) =>
        {
            Add(StoreKeys.GarbageOf(key));
            return true;
        });
        thread = new Thread(Run) { IsBackground = true, Name = "store sweeper" };
        thread.Start();
    }

    /// <summary>Has something removed, some time. It must be in the garbage table, durably.</summary>
    public void Add(Garbage garbage) => queue.TryAdd(() => Remove(garbage));

    /// <summary>Completes when everything added before is removed from the folders.</summary>
    public Task DrainAsync()
    {
        var drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return queue.TryAdd(drained.SetResult) ? drained.Task : Task.FromException(StoreFaultException.Stopping());
    }

    /// <summary>Finishes what waits.</summary>
    public void Dispose()
    {
        queue.Complete();
        thread.Join();
    }

    private void Run()
    {
        while (queue.Take(out Action? work))
        {
            Try(work);
        }

        Try(Forget);
    }

    private void Try(Action work)
    {
        try
        {
            work();
        }
        catch (Exception error)
        {
            // What could not be removed is still in the garbage table: the next start tries again.
            logger.LogWarning(error, "Removing deleted mail failed; it is tried again at the next start");
        }
    }

    private void Remove(Garbage garbage)
    {
        if (garbage.Kind == GarbageKind.Link)
        {
            RemoveLink(garbage.Id);
        }
        else
        {
            RemoveMailbox(garbage.Id);
        }

        removed.Add(garbage);
        if (removed.Count >= SyncEvery)
        {
            Forget();
        }
    }

    private void RemoveLink(ulong link)
    {
        try
        {
            File.Delete(folders.LinkPath(link));
        }
        catch (DirectoryNotFoundException)
        {
            // Removed before a crash, with the folder never made durable.
            return;
        }
    }

    private void RemoveMailbox(ulong mailbox)
    {
        for (; ;)
        {
            List<StoredMessage> messages = database.ReadMessages(mailbox, SyncEvery);
            if (messages.Count == 0)
            {
                return;
            }

            messages.ForEach(message => RemoveLink(message.Link));
            NativeFiles.SyncFileSystem(folders.Data);
            using StoreBatch batch = database.NewBatch();
            foreach (StoredMessage message in messages)
            {
                batch.Delete(StoreTable.Structures, StoreKeys.Number(message.Link));
                batch.Delete(StoreTable.Digests, StoreKeys.Number(message.Link));
                batch.Delete(StoreTable.Messages, StoreKeys.Message(mailbox, message.Entry.Uid));
            }

            database.Write(batch, durable: false);
        }
    }

    private void Forget()
    {
        if (removed.Count == 0)
        {
            return;
        }

        NativeFiles.SyncFileSystem(folders.Data);
        using StoreBatch batch = database.NewBatch();
        foreach (Garbage one in removed)
        {
            batch.Delete(StoreTable.Garbage, StoreKeys.Garbage(one));
            if (one.Kind == GarbageKind.Link)
            {
                batch.Delete(StoreTable.Digests, StoreKeys.Number(one.Id));
            }
        }

        database.Write(batch, durable: false);
        removed.Clear();
    }
}
