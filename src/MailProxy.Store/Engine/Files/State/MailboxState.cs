using System.Collections.Immutable;
using MailProxy.Store.Engine.Files.Database;
using Microsoft.Extensions.Logging;

namespace MailProxy.Store.Engine.Files.State;

/// <summary>
/// One mailbox in memory. What was published is durable; what is pending belongs to the committer's present group and only its thread
/// touches it. Messages are in memory only while someone has the mailbox open (or it is in <see cref="LoadedMailboxes"/>).
/// </summary>
internal sealed class MailboxState(ulong id, uint uidValidity, MailboxCounters counters)
{
    private readonly Lock gate = new();
    private readonly Lock loading = new();

    // Published. messages is null while not loaded; missed holds what was published while a load is under way.
    private MailboxCounters published = counters;
    private List<StoredMessage>? messages;
    private List<KeyValuePair<uint, StoredMessage?>>? missed;
    private MailboxSnapshot? snapshot;
    private bool dead;

    // Pending. A null message is one that is gone.
    private readonly SortedDictionary<uint, StoredMessage?> pending = [];
    private bool pendingDeath;

    /// <summary>Key of its messages in the database.</summary>
    public ulong Id { get; } = id;

    /// <summary>RFC 9051 2.3.1.1.</summary>
    public uint UidValidity { get; } = uidValidity;

    /// <summary>Guarded by <see cref="LoadedMailboxes"/>.</summary>
    public int Holders { get; set; }

    /// <summary>Guarded by <see cref="LoadedMailboxes"/>.</summary>
    public LinkedListNode<MailboxState>? Idle { get; set; }

    /// <summary>Its share of the bound when it became idle. Guarded by <see cref="LoadedMailboxes"/>.</summary>
    public int IdleEntries { get; set; }

    /// <summary>Counters as the present group has left them. Committer only.</summary>
    public MailboxCounters PendingCounters { get; set; } = counters;

    /// <summary>Durable counters.</summary>
    public MailboxCounters Counters
    {
        get
        {
            lock (gate)
            {
                return published;
            }
        }
    }

    /// <summary>Raised on a pool thread after a change was published.</summary>
    public event Action? Changed;

    /// <summary>Loaded messages, for the bound on memory.</summary>
    public int LoadedCount
    {
        get
        {
            lock (gate)
            {
                return messages?.Count ?? 0;
            }
        }
    }

    /// <summary>The published state. The mailbox must be held.</summary>
    public MailboxSnapshot Snapshot
    {
        get
        {
            lock (gate)
            {
                ObjectDisposedException.ThrowIf(messages is null, this);
                return snapshot ??= new(UidValidity, published.UidNext, published.HighestModSeq, [.. messages.Select(message => message.Entry)]);
            }
        }
    }

    /// <summary>Reads the messages unless they are there. The committer goes on meanwhile.</summary>
    public void Load(StoreDatabase database)
    {
        lock (loading)
        {
            lock (gate)
            {
                if (messages is not null)
                {
                    return;
                }

                if (dead)
                {
                    messages = [];
                    return;
                }

                // From here on publications are also kept for us. The read below may see some of them already: applying them again
                // in their order changes nothing.
                missed = [];
            }

            List<StoredMessage>? read = null;
            try
            {
                read = database.ReadMessages(Id);
            }
            finally
            {
                lock (gate)
                {
                    if (read is not null)
                    {
                        // The read may see a group that is written and not yet published: its new messages come with the publication.
                        MessageList.Apply(read, missed);
                        read.RemoveAll(message => message.Entry.Uid >= published.UidNext);
                        messages = dead ? [] : read;
                        snapshot = null;
                    }

                    missed = null;
                }
            }
        }
    }

    /// <summary>Forgets the messages until the next <see cref="Load"/>.</summary>
    public void Unload()
    {
        lock (gate)
        {
            messages = null;
            snapshot = null;
        }
    }

    /// <summary>A published message. Falls back on the database when the messages are not loaded.</summary>
    public StoredMessage? Find(uint uid, StoreDatabase database)
    {
        lock (gate)
        {
            if (dead)
            {
                return null;
            }

            if (messages is not null)
            {
                int index = MessageList.IndexOf(messages, uid);
                return index >= 0 ? messages[index] : null;
            }
        }

        return database.Get(StoreTable.Messages, StoreKeys.Message(Id, uid)) is { } value ? StoreRecords.ReadMessage(uid, value) : null;
    }

    /// <summary>A message as the present group has left it. Committer only.</summary>
    public StoredMessage? FindPending(uint uid, StoreDatabase database)
        => pending.TryGetValue(uid, out StoredMessage? message) ? message : Find(uid, database);

    /// <summary>All UIDs as the present group has left them. Committer only; the mailbox must be held.</summary>
    public IReadOnlyList<uint> PendingUids()
    {
        var uids = new SortedSet<uint>(Snapshot.Messages.Select(message => message.Uid));
        foreach ((uint uid, StoredMessage? message) in pending)
        {
            _ = message is null ? uids.Remove(uid) : uids.Add(uid);
        }

        return [.. uids];
    }

    /// <summary>Sets or, with null, removes a message in the present group. Committer only.</summary>
    public void SetPending(uint uid, StoredMessage? message) => pending[uid] = message;

    /// <summary>The next mod-sequence. Committer only.</summary>
    public ulong NextModSeq()
    {
        PendingCounters = PendingCounters with { HighestModSeq = PendingCounters.HighestModSeq + 1 };
        return PendingCounters.HighestModSeq;
    }

    /// <summary>Refuses a change of a mailbox that was deleted while it was open. Committer only.</summary>
    public void MustLive()
    {
        if (dead || pendingDeath)
        {
            throw new StoreFaultException(StoreFaultKind.MailboxGone, "The mailbox has been deleted.");
        }
    }

    /// <summary>Deletes the mailbox in the present group. Committer only.</summary>
    public void DiePending() => pendingDeath = true;

    /// <summary>Adds the pending changes to a batch. Committer only.</summary>
    public void WritePending(StoreBatch batch)
    {
        if (pendingDeath)
        {
            batch.Delete(StoreTable.Counters, StoreKeys.Number(Id));
        }
        else
        {
            batch.Put(StoreTable.Counters, StoreKeys.Number(Id), StoreRecords.Write(PendingCounters));
        }

        // Also for a dead one: the sweeper finds the links of its messages by these.
        foreach ((uint uid, StoredMessage? message) in pending)
        {
            if (message is { } present)
            {
                batch.Put(StoreTable.Messages, StoreKeys.Message(Id, uid), StoreRecords.Write(present));
            }
            else
            {
                batch.Delete(StoreTable.Messages, StoreKeys.Message(Id, uid));
            }
        }
    }

    /// <summary>The pending changes are durable: everyone sees them now. Committer only.</summary>
    public void Publish()
    {
        lock (gate)
        {
            published = PendingCounters;
            dead = pendingDeath;
            snapshot = null;
            missed?.AddRange(pending);
            if (dead)
            {
                messages?.Clear();
            }
            else if (messages is not null)
            {
                MessageList.Apply(messages, pending);
            }
        }

        pending.Clear();
    }

    /// <summary>Forgets the pending changes. Committer only.</summary>
    public void Rollback()
    {
        pending.Clear();
        PendingCounters = published;
        pendingDeath = dead;
    }

    /// <summary>Somebody wants to hear of changes.</summary>
    public bool HasListeners => Changed is not null;

    /// <summary>Raises <see cref="Changed"/>; a handler that throws is logged and disturbs nobody else.</summary>
    public void RaiseChanged(ILogger logger)
    {
        foreach (Action handler in (Changed?.GetInvocationList() ?? []).Cast<Action>())
        {
            try
            {
                handler();
            }
            catch (Exception error)
            {
                logger.LogError(error, "A listener to changes of mailbox {Mailbox} failed", Id);
            }
        }
    }
}
