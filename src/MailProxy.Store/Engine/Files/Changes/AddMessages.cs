using System.Collections.Immutable;
using MailProxy.Store.Engine.Files.Commit;
using MailProxy.Store.Engine.Files.Database;
using MailProxy.Store.Engine.Files.State;

namespace MailProxy.Store.Engine.Files.Changes;

/// <summary>Delivery and APPEND.</summary>
internal static class AddMessages
{
    /// <summary>
    /// Into the INBOX of each user, who may be new. With a <paramref name="digest"/> not into that of a user who took the copy lately: these are returned.
    /// </summary>
    public static IReadOnlyList<string> Deliver(CommitGroup group, FileMessageDraft draft, IReadOnlyList<UserState> all, byte[]? digest, DateTimeOffset now)
    {
        List<UserState> users = [.. all.Where(user => digest is null || !group.Taken.Has(user.Name, digest))];

        // All links before any state, because making them is what can fail.
        ulong[] links = [.. users.Select(_ => group.AddLink(draft))];
        for (int i = 0; i < links.Length; i++)
        {
            ChangeNames.EnsureUser(group, users[i]);
            MailboxState inbox = users[i].PendingMailboxes[MailboxName.Inbox].Mailbox!;
            Add(group, inbox, links[i], MessageFlags.None, [], now, draft.Size);
            group.SetStructure(links[i], draft.StructureRecord);
            if (digest is not null)
            {
                group.Taken.Add(users[i].Name, digest);
            }
        }

        return users.Count == all.Count ? [] : [.. all.Except(users).Select(user => user.Name)];
    }

    /// <summary>Into one mailbox. Returns the UID.</summary>
    public static uint Append(
        CommitGroup group,
        FileMessageDraft draft,
        MailboxState mailbox,
        MessageFlags flags,
        ImmutableArray<string> keywords,
        DateTimeOffset internalDate)
    {
        mailbox.MustLive();
        ulong link = group.AddLink(draft);
        group.SetStructure(link, draft.StructureRecord);
        return Add(group, mailbox, link, flags, keywords, internalDate, draft.Size);
    }

    /// <summary>Gives a link a place in a mailbox, with a mod-sequence of its own unless one is given.</summary>
    public static uint Add(
        CommitGroup group,
        MailboxState mailbox,
        ulong link,
        MessageFlags flags,
        ImmutableArray<string> keywords,
        DateTimeOffset internalDate,
        long size,
        ulong? modSeq = null)
    {
        group.Touch(mailbox);
        ulong sequence = modSeq ?? mailbox.NextModSeq();
        uint uid = mailbox.PendingCounters.UidNext;
        mailbox.PendingCounters = mailbox.PendingCounters with { UidNext = checked(uid + 1) };
        mailbox.SetPending(uid, new(new(uid, sequence, flags, keywords, internalDate, size), link));
        return uid;
    }
}
