using MailProxy.Store.Engine.Files.Commit;
using MailProxy.Store.Engine.Files.Database;
using MailProxy.Store.Engine.Files.Disk;
using MailProxy.Store.Engine.Files.Moves;
using MailProxy.Store.Engine.Files.Repeats;
using MailProxy.Store.Engine.Files.State;

namespace MailProxy.Store.Engine.Files;

/// <summary>What users and mailboxes need of their engine.</summary>
internal sealed record StoreParts(
    FileStoreOptions Options,
    StoreFolders Folders,
    StoreDatabase Database,
    DiskSync DiskSync,
    StoreSequences Sequences,
    MoveGate Gate,
    TakenCopies Taken,
    UserSessions Sessions,
    Committer Committer,
    LoadedMailboxes Loaded,
    UserCache Users,
    StoreCounters Counters)
{
    /// <summary>Makes a draft's content durable. It must be held by nobody else.</summary>
    /// <exception cref="StoreFaultException">It is not.</exception>
    public Task SyncAsync(FileMessageDraft draft) => DiskSync.RunAsync(draft.MakeDurable);

    /// <summary>The same, and then has a change made; the thread that made the content durable hands it on. Completes when the change is durable.</summary>
    /// <exception cref="StoreFaultException">Nothing of it remains.</exception>
    public Task<T> SubmitAsync<T>(FileMessageDraft draft, Func<CommitGroup, T> apply, CancellationToken cancellationToken)
    {
        var change = new StoreChange<T>(apply, cancellationToken);
        bool isTaken = DiskSync.TryPost(() =>
        {
            try
            {
                draft.MakeDurable();
                Committer.Submit(change);
            }
            catch (Exception error)
            {
                change.Fail(error);
            }
        });
        if (!isTaken)
        {
            change.Fail(StoreFaultException.Stopping());
        }

        return change.Done;
    }
}
