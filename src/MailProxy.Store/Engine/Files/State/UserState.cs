using System.Collections.Immutable;
using MailProxy.Store.Engine.Files.Database;

namespace MailProxy.Store.Engine.Files.State;

/// <summary>
/// The mailbox names of one user in memory. There is at most one such object per user at any time (<see cref="UserCache"/>), and whoever changes a
/// user holds it, so it never differs from the database except by what is pending.
/// </summary>
internal sealed class UserState(string name)
{
    private static readonly ImmutableSortedDictionary<string, MailboxNode> NoMailboxes =
        ImmutableSortedDictionary.Create<string, MailboxNode>(StringComparer.Ordinal);

    private static readonly ImmutableSortedSet<string> NoSubscriptions = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    private readonly Lock loading = new();
    private volatile ImmutableSortedDictionary<string, MailboxNode> mailboxes = NoMailboxes;
    private volatile ImmutableSortedSet<string> subscriptions = NoSubscriptions;
    private bool loaded;

    /// <summary>Canonical user name.</summary>
    public string Name { get; } = name;

    /// <summary>Durable names. Empty for a user who has never been here.</summary>
    public ImmutableSortedDictionary<string, MailboxNode> Mailboxes => mailboxes;

    /// <summary>Durable subscriptions.</summary>
    public ImmutableSortedSet<string> Subscriptions => subscriptions;

    /// <summary>Names as the present group has left them. Committer only.</summary>
    public ImmutableSortedDictionary<string, MailboxNode> PendingMailboxes { get; set; } = NoMailboxes;

    /// <summary>Subscriptions as the present group has left them. Committer only.</summary>
    public ImmutableSortedSet<string> PendingSubscriptions { get; set; } = NoSubscriptions;

    /// <summary>Guarded by <see cref="UserCache"/>.</summary>
    public int Uses { get; set; }

    /// <summary>Guarded by <see cref="UserCache"/>.</summary>
    public LinkedListNode<UserState>? Idle { get; set; }

    /// <summary>Reads the names unless they are there.</summary>
    public void Load(StoreDatabase database)
    {
        lock (loading)
        {
            if (loaded)
            {
                return;
            }

            byte[] prefix = StoreKeys.Name(Name, "");
            List<KeyValuePair<string, MailboxRecord>> records = [];
            database.Scan(StoreTable.Mailboxes, prefix, (key, value) =>
            {
                records.Add(new(StoreKeys.NameOf(key), StoreRecords.ReadMailbox(value)));
                return true;
            });
            ImmutableSortedSet<string>.Builder subscribed = NoSubscriptions.ToBuilder();
            database.Scan(StoreTable.Subscriptions, prefix, (key, _) => subscribed.Add(StoreKeys.NameOf(key)));

            PendingMailboxes = mailboxes = NoMailboxes.AddRange(records.Select(pair => KeyValuePair.Create(
                pair.Key, new MailboxNode(pair.Value.SpecialUse, pair.Value.Id == 0 ? null : ReadMailbox(database, pair.Value)))));
            PendingSubscriptions = subscriptions = subscribed.ToImmutable();
            loaded = true;
        }
    }

    /// <summary>Adds the pending changes to a batch. Committer only.</summary>
    public void WritePending(StoreBatch batch)
    {
        if (!ReferenceEquals(PendingMailboxes, mailboxes))
        {
            foreach (string gone in mailboxes.Keys.Where(name => !PendingMailboxes.ContainsKey(name)))
            {
                batch.Delete(StoreTable.Mailboxes, StoreKeys.Name(Name, gone));
            }

            foreach ((string name, MailboxNode node) in PendingMailboxes)
            {
                if (!mailboxes.TryGetValue(name, out MailboxNode? before) || before != node)
                {
                    var record = new MailboxRecord(node.Mailbox?.Id ?? 0, node.Mailbox?.UidValidity ?? 0, node.SpecialUse);
                    batch.Put(StoreTable.Mailboxes, StoreKeys.Name(Name, name), StoreRecords.Write(record));
                }
            }
        }

        foreach (string gone in subscriptions.Except(PendingSubscriptions))
        {
            batch.Delete(StoreTable.Subscriptions, StoreKeys.Name(Name, gone));
        }

        foreach (string added in PendingSubscriptions.Except(subscriptions))
        {
            batch.Put(StoreTable.Subscriptions, StoreKeys.Name(Name, added), []);
        }
    }

    /// <summary>The pending changes are durable. Committer only.</summary>
    public void Publish()
    {
        mailboxes = PendingMailboxes;
        subscriptions = PendingSubscriptions;
    }

    /// <summary>Forgets the pending changes. Committer only.</summary>
    public void Rollback()
    {
        PendingMailboxes = mailboxes;
        PendingSubscriptions = subscriptions;
    }

    private static MailboxState ReadMailbox(StoreDatabase database, MailboxRecord record)
    {
        byte[]? counters = database.Get(StoreTable.Counters, StoreKeys.Number(record.Id));
        return new(record.Id, record.UidValidity, counters is null ? MailboxCounters.First : StoreRecords.ReadCounters(counters));
    }
}
