using MailProxy.Store.Engine.Files.Commit;
using MailProxy.Store.Engine.Files.Database;
using MailProxy.Store.Engine.Files.State;

namespace MailProxy.Store.Engine.Files.Changes;

/// <summary>COPY, MOVE and EXPUNGE.</summary>
internal static class TransferMessages
{
    /// <summary>Copies; each copy gets a link of its own.</summary>
    public static CopyResult? Copy(CommitGroup group, UserState user, MailboxState source, IReadOnlyList<uint> uids, string targetName)
    {
        source.MustLive();
        if (Target(user, targetName) is not { } target)
        {
            return null;
        }

        List<StoredMessage> found = Find(group, source, uids);
        ulong[] links = [.. found.Select(message => group.CopyLink(message.Link))];
        return Add(group, target, found, links);
    }

    /// <summary>Moves; the links stay, only the mailbox they belong to changes.</summary>
    public static CopyResult? Move(CommitGroup group, UserState user, MailboxState source, IReadOnlyList<uint> uids, string targetName)
    {
        source.MustLive();
        return Target(user, targetName) is { } target ? Move(group, source, uids, target) : null;
    }

    /// <summary>Moves into a mailbox that may be new.</summary>
    public static CopyResult Move(CommitGroup group, MailboxState source, IReadOnlyList<uint> uids, MailboxState target)
    {
        List<StoredMessage> found = Find(group, source, uids);
        CopyResult result = Add(group, target, found, [.. found.Select(message => message.Link)]);
        Remove(group, source, found);
        return result;
    }

    /// <summary>Removes for good. Returns the UIDs that were there, ascending.</summary>
    public static IReadOnlyList<uint> Expunge(CommitGroup group, MailboxState mailbox, IReadOnlyList<uint> uids)
    {
        mailbox.MustLive();
        List<StoredMessage> found = Find(group, mailbox, uids);
        found.ForEach(message => group.ReleaseLink(message.Link));
        Remove(group, mailbox, found);
        return [.. found.Select(message => message.Entry.Uid)];
    }

    private static MailboxState? Target(UserState user, string name)
        => user.PendingMailboxes.TryGetValue(name, out MailboxNode? node) ? node.Mailbox : null;

    private static List<StoredMessage> Find(CommitGroup group, MailboxState mailbox, IReadOnlyList<uint> uids)
    {
        List<StoredMessage> found = [];
        foreach (uint uid in uids.Distinct().Order())
        {
            if (mailbox.FindPending(uid, group.Database) is { } message)
            {
                found.Add(message);
            }
        }

        return found;
    }

    private static CopyResult Add(CommitGroup group, MailboxState target, List<StoredMessage> messages, ulong[] links)
    {
        List<(uint, uint)> pairs = new(messages.Count);
        if (messages.Count > 0)
        {
            ulong sequence = target.NextModSeq();
            for (int i = 0; i < links.Length; i++)
            {
                MessageEntry entry = messages[i].Entry;
                uint uid = AddMessages.Add(group, target, links[i], entry.Flags, entry.Keywords, entry.InternalDate, entry.Size, sequence);
                pairs.Add((entry.Uid, uid));
            }
        }

        return new(target.UidValidity, pairs);
    }

    private static void Remove(CommitGroup group, MailboxState mailbox, List<StoredMessage> messages)
    {
        if (messages.Count == 0)
        {
            return;
        }

        // RFC 7162 3.1.2.2: an expunge raises HIGHESTMODSEQ too.
        group.Touch(mailbox);
        mailbox.NextModSeq();
        messages.ForEach(message => mailbox.SetPending(message.Entry.Uid, null));
    }
}
