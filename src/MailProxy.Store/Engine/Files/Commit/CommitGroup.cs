using System.Text;
using System.Text.Json;
using MailProxy.Store.Engine.Files.Database;
using MailProxy.Store.Engine.Files.Disk;
using MailProxy.Store.Engine.Files.Moves;
using MailProxy.Store.Engine.Files.Repeats;
using MailProxy.Store.Engine.Files.State;

namespace MailProxy.Store.Engine.Files.Commit;

/// <summary>
/// Changes that become durable together. Each change makes its links first, because only that can fail for it alone, and then
/// changes pending state. Lives on the committer's thread.
/// </summary>
internal sealed class CommitGroup(
    StoreDatabase database, StoreFolders folders, StoreSequences sequences, StoreCounters counters, MoveGate gate, TakenCopies taken)
{
    private readonly HashSet<MailboxState> mailboxes = [];
    private readonly HashSet<UserState> users = [];
    private readonly HashSet<string> folderSyncs = [];
    private readonly List<ulong> links = [];
    private readonly List<Garbage> garbage = [];

    // null: removed.
    private readonly Dictionary<ulong, byte[]?> structures = [];

    private readonly Dictionary<ulong, byte[]> digests = [];
    private readonly Dictionary<string, MoveRecord> moves = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StagedNames?> stagedNames = new(StringComparer.Ordinal);

    /// <summary>Who is served.</summary>
    public MoveGate Gate => gate;

    /// <summary>Copies that users took lately.</summary>
    public TakenCopies Taken => taken;

    /// <summary>For reads of what is durable.</summary>
    public StoreDatabase Database => database;

    /// <summary>Mailboxes that this group changes.</summary>
    public IReadOnlyCollection<MailboxState> Mailboxes => mailboxes;

    /// <summary>What the group leaves without a reference.</summary>
    public IReadOnlyList<Garbage> Garbage => garbage;

    /// <summary>Links made so far, with those of changes that failed.</summary>
    public IReadOnlyList<ulong> Links => links;

    /// <summary>Whether there is anything to write.</summary>
    public bool IsEmpty => mailboxes.Count == 0 && users.Count == 0 && garbage.Count == 0 && moves.Count == 0;

    /// <summary>Registers a mailbox whose pending state changes.</summary>
    public void Touch(MailboxState mailbox) => mailboxes.Add(mailbox);

    /// <summary>Registers a user whose pending names change.</summary>
    public void Touch(UserState user) => users.Add(user);

    /// <summary>Refuses a change of a user who is not served here.</summary>
    public void MustServe(string user) => gate.Check(user, MoveOf(user));

    /// <summary>Refuses a user who is not served, or who has never been here while no newcomers are taken.</summary>
    public void MustTake(UserState user)
    {
        MustServe(user.Name);
        if (user.PendingMailboxes.IsEmpty)
        {
            gate.Newcomers.Check(user.Name);
        }
    }

    /// <summary>A user's moves as this group has left them.</summary>
    public MoveRecord MoveOf(string user) => moves.TryGetValue(user, out MoveRecord? record) ? record : gate.Record(user);

    /// <summary>Changes a user's moves.</summary>
    public void SetMove(string user, MoveRecord record) => moves[user] = record;

    /// <summary>Sets or, with null, removes the names of a staged copy.</summary>
    public void SetStagedNames(string user, StagedNames? names) => stagedNames[user] = names;

    /// <summary>Later UIDVALIDITYs are greater than this.</summary>
    public void RaiseUidValidity(uint value) => sequences.RaiseUidValidity(value);

    /// <summary>A mailbox that comes from another store, with the UIDVALIDITY it has there.</summary>
    public MailboxState NewStagedMailbox(uint uidValidity)
    {
        var mailbox = new MailboxState(sequences.TakeMailbox(), uidValidity, MailboxCounters.First);
        mailboxes.Add(mailbox);
        return mailbox;
    }

    /// <summary>A new mailbox, not yet under a name.</summary>
    public MailboxState NewMailbox()
    {
        var mailbox = new MailboxState(sequences.TakeMailbox(), sequences.TakeUidValidity(), MailboxCounters.First);
        mailboxes.Add(mailbox);
        return mailbox;
    }

    /// <summary>Gives a draft's content a link: the file itself if it lies there already, else one more.</summary>
    /// <exception cref="IOException">It could not be made.</exception>
    public ulong AddLink(FileMessageDraft draft)
    {
        if (draft.TakePlace() is not { } number)
        {
            return AddLink(draft.Path);
        }

        links.Add(number);
        PrepareFolder(number);
        counters.AddLink();
        return number;
    }

    /// <summary>Gives the content of file <paramref name="source"/> one more link.</summary>
    /// <exception cref="IOException">It could not be made.</exception>
    public ulong AddLink(string source)
    {
        ulong number = sequences.Links.Take();
        PrepareFolder(number);
        links.Add(number);
        folders.Link(source, number);
        counters.AddLink();
        return number;
    }

    /// <summary>Gives the content of link <paramref name="source"/> one more link, with the same structure.</summary>
    public ulong CopyLink(ulong source)
    {
        ulong number = AddLink(folders.LinkPath(source));
        if (!structures.TryGetValue(source, out byte[]? structure))
        {
            // A recorded link has its structure: by it the next start tells that the link is recorded.
            structure = database.Get(StoreTable.Structures, StoreKeys.Number(source))
                ?? throw new StoreFaultException("The database has lost the structure of a message; restore it from a backup.");
        }

        structures[number] = structure;
        return number;
    }

    /// <summary>Sets the structure of a link.</summary>
    public void SetStructure(ulong link, byte[] structure) => structures[link] = structure;

    /// <summary>Sets the digest of a link's content.</summary>
    public void SetDigest(ulong link, byte[] digest) => digests[link] = digest;

    /// <summary>The link belongs to nobody any more.</summary>
    public void ReleaseLink(ulong link)
    {
        structures[link] = null;
        garbage.Add(new(GarbageKind.Link, link));
    }

    /// <summary>The mailbox belongs to nobody any more; the sweeper removes its messages.</summary>
    public void ReleaseMailbox(MailboxState mailbox)
    {
        mailbox.DiePending();
        mailboxes.Add(mailbox);
        garbage.Add(new(GarbageKind.Mailbox, mailbox.Id));
    }

    /// <summary>Gives up the links from index <paramref name="from"/> on: their change failed. Numbers are not given again.</summary>
    public void AbandonLinks(int from)
    {
        for (int i = from; i < links.Count; i++)
        {
            ReleaseLink(links[i]);
        }
    }

    /// <summary>Takes over what an earlier group could not remove.</summary>
    public void AddGarbage(IEnumerable<Garbage> left) => garbage.AddRange(left);

    /// <summary>Makes the links durable.</summary>
    public void SyncFolders()
    {
        foreach (string folder in folderSyncs)
        {
            NativeFiles.SyncFolder(folder);
            counters.AddFolderSync();
        }
    }

    /// <summary>Writes everything as one synced batch.</summary>
    public void Write()
    {
        using StoreBatch batch = database.NewBatch();
        foreach (MailboxState mailbox in mailboxes)
        {
            mailbox.WritePending(batch);
        }

        foreach (UserState user in users)
        {
            user.WritePending(batch);
        }

        foreach ((ulong link, byte[]? structure) in structures)
        {
            if (structure is null)
            {
                batch.Delete(StoreTable.Structures, StoreKeys.Number(link));
            }
            else
            {
                batch.Put(StoreTable.Structures, StoreKeys.Number(link), structure);
            }
        }

        foreach ((ulong link, byte[] digest) in digests)
        {
            batch.Put(StoreTable.Digests, StoreKeys.Number(link), digest);
        }

        foreach ((string user, MoveRecord record) in moves)
        {
            batch.Put(StoreTable.Moves, Encoding.UTF8.GetBytes(user), JsonSerializer.SerializeToUtf8Bytes(record, MoveRecordJson.Default.MoveRecord));
        }

        foreach ((string user, StagedNames? names) in stagedNames)
        {
            byte[] key = Encoding.UTF8.GetBytes(user);
            if (names is null)
            {
                batch.Delete(StoreTable.Staged, key);
            }
            else
            {
                batch.Put(StoreTable.Staged, key, JsonSerializer.SerializeToUtf8Bytes(names, MoveRecordJson.Default.StagedNames));
            }
        }

        foreach (Garbage one in garbage)
        {
            batch.Put(StoreTable.Garbage, StoreKeys.Garbage(one), []);
        }

        taken.WritePending(batch);
        sequences.Write(batch);
        database.Write(batch, durable: true);
    }

    /// <summary>Lets everyone see the group.</summary>
    public void Publish()
    {
        // Mailboxes before names: who finds a new name finds its mailbox as it is.
        foreach (MailboxState mailbox in mailboxes)
        {
            mailbox.Publish();
        }

        foreach (UserState user in users)
        {
            user.Publish();
        }

        taken.Forget();

        // The batch has them, as messages' or as garbage.
        links.ForEach(sequences.Links.Settle);
        garbage.FindAll(one => one.Kind == GarbageKind.Link).ForEach(one => sequences.Links.Settle(one.Id));

        // Last: whom the gate lets in finds the mail that came.
        foreach ((string user, MoveRecord record) in moves)
        {
            gate.Publish(user, record);
        }
    }

    /// <summary>Forgets the group.</summary>
    public void Rollback()
    {
        foreach (MailboxState mailbox in mailboxes)
        {
            mailbox.Rollback();
        }

        foreach (UserState user in users)
        {
            user.Rollback();
        }

        taken.Forget();
    }

    // The first link that this process makes in a folder syncs the folders above as well: they may be new, or as new as a process that was killed.
    private void PrepareFolder(ulong number)
    {
        IReadOnlyList<string> path = folders.FoldersOf(number);
        if (folders.PreparedFolder != path[0])
        {
            Directory.CreateDirectory(path[0]);
            folderSyncs.UnionWith(path);
            folders.PreparedFolder = path[0];
        }

        folderSyncs.Add(path[0]);
    }
}
