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
    public async Task SyncAsync(FileMessageDraft draft)
    {
        try
        {
            await DiskSync.FlushAsync(draft.File);
        }
        catch (StoreFaultException fault)
        {
            // A page that failed once counts as clean afterwards: a second fsync would say yes and mean nothing.
            draft.GiveUp(fault);
            throw;
        }
    }
}
