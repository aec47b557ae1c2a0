using MailProxy.Store.Engine.Files.Database;
using MailProxy.Store.Engine.Files.Disk;
using MailProxy.Store.Engine.Files.Moves;
using MailProxy.Store.Engine.Files.Recovery;
using MailProxy.Store.Engine.Files.Repeats;
using MailProxy.Store.Engine.Files.State;
using Microsoft.Extensions.Logging;

namespace MailProxy.Store.Engine.Files.Commit;

/// <summary>
/// The one writer. Takes all changes that wait, does them in their order, makes their links durable, then writes one synced batch, then tells
/// everyone. While it waits for the disk the next group collects. As nothing else changes state, no change needs a lock on a user or mailbox.
/// </summary>
internal sealed class Committer : IDisposable
{
    // Keeps one group's batch around a few megabytes; what is over goes into the next one.
    private const int MaxGroup = 512;

    private readonly WorkQueue<IStoreChange> queue = new();
    private readonly StoreDatabase database;
    private readonly StoreFolders folders;
    private readonly StoreSequences sequences;
    private readonly StoreCounters counters;
    private readonly Sweeper sweeper;
    private readonly MoveGate gate;
    private readonly TakenCopies taken;
    private readonly ILogger logger;
    private readonly Thread thread;

    // Links of groups that failed: the next group records them as garbage.
    private readonly List<Garbage> leftOver = [];
    private StoreFaultException? broken;

    public Committer(
        StoreDatabase database,
        StoreFolders folders,
        StoreSequences sequences,
        StoreCounters counters,
        Sweeper sweeper,
        MoveGate gate,
        TakenCopies taken,
        ILogger logger)
    {
        this.database = database;
        this.folders = folders;
        this.sequences = sequences;
        this.counters = counters;
        this.sweeper = sweeper;
        this.gate = gate;
        this.taken = taken;
        this.logger = logger;
        thread = new Thread(Run) { IsBackground = true, Name = "store committer" };
        thread.Start();
    }

    /// <summary>Has a change made. Completes when it is durable.</summary>
    /// <exception cref="StoreFaultException">It could not be made; nothing of it remains.</exception>
    public Task<T> SubmitAsync<T>(Func<CommitGroup, T> apply, CancellationToken cancellationToken)
    {
        var change = new StoreChange<T>(apply, cancellationToken);
        Submit(change);
        return change.Done;
    }

    /// <summary>Has a change made, or fails it if the store is stopping.</summary>
    public void Submit(IStoreChange change)
    {
        if (!queue.TryAdd(change))
        {
            change.Fail(StoreFaultException.Stopping());
        }
    }

    /// <summary>Finishes what waits, and takes no more.</summary>
    public void Dispose()
    {
        queue.Complete();
        thread.Join();
    }

    private void Run()
    {
        List<IStoreChange> changes = [];
        for (; queue.Take(changes, MaxGroup); changes.Clear())
        {
            try
            {
                Commit(changes);
            }
            catch (Exception error)
            {
                // A fault of this program: whoever waits must hear, and memory may differ from the disk.
                Break(error);
                changes.ForEach(change => change.Fail(broken!));
            }
        }
    }

    private void Commit(List<IStoreChange> changes)
    {
        if (broken is not null)
        {
            changes.ForEach(change => change.Fail(broken));
            return;
        }

        var group = new CommitGroup(database, folders, sequences, counters, gate, taken);
        group.AddGarbage(leftOver);
        List<IStoreChange> applied = Apply(group, changes);
        if (!group.IsEmpty)
        {
            try
            {
                group.SyncFolders();
            }
            catch (IOException error)
            {
                // The links may or may not be on disk; no batch refers to them.
                folders.PreparedFolder = null;
                leftOver.AddRange(group.Links.Select(link => new Garbage(GarbageKind.Link, link)));
                group.Rollback();
                logger.LogError(error, "A group of {Changes} changes failed", applied.Count);
                applied.ForEach(change => change.Fail(StoreFaultException.From(error, "making a message's link durable")));
                return;
            }

            try
            {
                group.Write();
            }
            catch (Exception error)
            {
                // Whether the batch is durable is not known: its links stay, and the next start decides by what it finds.
                group.Rollback();
                Break(error);
                applied.ForEach(change => change.Fail(broken!));
                return;
            }

            leftOver.Clear();
            group.Publish();
            counters.AddGroup(applied.Count);
        }

        // Before the answers: whoever then asks the sweeper to finish finds its own garbage in front.
        foreach (Garbage one in group.Garbage)
        {
            sweeper.Add(one);
        }

        applied.ForEach(change => change.Succeed());
        foreach (MailboxState mailbox in group.Mailboxes.Where(mailbox => mailbox.HasListeners))
        {
            ThreadPool.UnsafeQueueUserWorkItem(one => one.RaiseChanged(logger), mailbox, preferLocal: false);
        }
    }

    private static List<IStoreChange> Apply(CommitGroup group, List<IStoreChange> changes)
    {
        List<IStoreChange> applied = [];
        foreach (IStoreChange change in changes)
        {
            int links = group.Links.Count;
            try
            {
                change.Apply(group);
                applied.Add(change);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or StoreFaultException or OperationCanceledException)
            {
                group.AbandonLinks(links);
                change.Fail(error is OperationCanceledException ? error : StoreFaultException.From(error, "linking a message"));
            }
        }

        return applied;
    }

    private void Break(Exception error)
    {
        broken = new StoreFaultException(
            "The store's database failed; nothing more is written until the store is restarted on a healthy disk.", error);
        logger.LogCritical(error, "The store's database failed; all further writes are refused until a restart");
    }
}
