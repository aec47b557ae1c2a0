using MailProxy.Store.Engine.Files.Commit;
using MailProxy.Store.Engine.Files.State;

namespace MailProxy.Store.Engine.Files.Changes;

/// <summary>CREATE, DELETE, RENAME and SUBSCRIBE. Names are normal (<see cref="MailboxName"/>).</summary>
internal static class ChangeNames
{
    private static readonly (string Name, SpecialUse SpecialUse)[] Initial =
    [
        (MailboxName.Inbox, SpecialUse.None),
        ("Archive", SpecialUse.Archive),
        ("Drafts", SpecialUse.Drafts),
        ("Junk", SpecialUse.Junk),
        ("Sent", SpecialUse.Sent),
        ("Trash", SpecialUse.Trash),
    ];

    /// <summary>Gives a new user the initial mailboxes, subscribed.</summary>
    public static bool EnsureUser(CommitGroup group, UserState user)
    {
        if (user.PendingMailboxes.ContainsKey(MailboxName.Inbox))
        {
            return false;
        }

        group.Touch(user);
        foreach ((string name, SpecialUse specialUse) in Initial)
        {
            if (!user.PendingMailboxes.ContainsKey(name))
            {
                Set(group, user, name, new(specialUse, group.NewMailbox()));
                user.PendingSubscriptions = user.PendingSubscriptions.Add(name);
            }
        }

        return true;
    }

    /// <summary>Makes a mailbox, or makes a \Noselect name one again, with missing parents.</summary>
    public static MailboxOutcome Create(CommitGroup group, UserState user, string name, SpecialUse specialUse, int most)
    {
        EnsureUser(group, user);
        if (user.PendingMailboxes.TryGetValue(name, out MailboxNode? present) && present.Mailbox is not null)
        {
            return MailboxOutcome.AlreadyExists;
        }

        CheckCount(user, name, most);
        CreateParents(group, user, name);
        Set(group, user, name, new(specialUse, group.NewMailbox()));
        return MailboxOutcome.Done;
    }

    /// <summary>Deletes a mailbox with its mail; a name with children stays as \Noselect.</summary>
    public static MailboxOutcome Delete(CommitGroup group, UserState user, string name)
    {
        EnsureUser(group, user);
        if (name == MailboxName.Inbox)
        {
            return MailboxOutcome.NotPermitted;
        }

        if (!user.PendingMailboxes.TryGetValue(name, out MailboxNode? node))
        {
            return MailboxOutcome.NotFound;
        }

        bool hasChildren = user.PendingMailboxes.Keys.Any(other => MailboxName.IsBelow(other, name));
        if (hasChildren && node.Mailbox is null)
        {
            return MailboxOutcome.NotPermitted; // RFC 9051 6.3.5
        }

        if (node.Mailbox is { } mailbox)
        {
            group.ReleaseMailbox(mailbox);
        }

        group.Touch(user);
        user.PendingMailboxes = hasChildren
            ? user.PendingMailboxes.SetItem(name, new(SpecialUse.None, null))
            : user.PendingMailboxes.Remove(name);
        return MailboxOutcome.Done;
    }

    /// <summary>Renames a mailbox and what is below it; of INBOX, moves the mail. Subscriptions stay as they are (RFC 9051 6.3.6, 6.3.9).</summary>
    public static MailboxOutcome Rename(CommitGroup group, UserState user, string from, string to, int most)
    {
        EnsureUser(group, user);
        if (!user.PendingMailboxes.TryGetValue(from, out MailboxNode? node))
        {
            return MailboxOutcome.NotFound;
        }

        if (user.PendingMailboxes.ContainsKey(to))
        {
            return MailboxOutcome.AlreadyExists;
        }

        if (from == MailboxName.Inbox)
        {
            return RenameInbox(group, user, node.Mailbox!, to, most);
        }

        List<KeyValuePair<string, MailboxNode>> moved =
            [.. user.PendingMailboxes.Where(pair => pair.Key == from || MailboxName.IsBelow(pair.Key, from))];
        if (MailboxName.IsBelow(to, from) || moved.Any(pair => !MailboxName.TryNormalize(to + pair.Key[from.Length..], out _)))
        {
            return MailboxOutcome.InvalidName;
        }

        CheckCount(user, to, most);
        user.PendingMailboxes = user.PendingMailboxes.RemoveRange(moved.Select(pair => pair.Key));
        CreateParents(group, user, to);
        moved.ForEach(pair => Set(group, user, to + pair.Key[from.Length..], pair.Value));
        return MailboxOutcome.Done;
    }

    /// <summary>Subscribes or unsubscribes a name, whether it exists or not.</summary>
    public static bool Subscribe(CommitGroup group, UserState user, string name, bool subscribed, int most)
    {
        EnsureUser(group, user);
        if (user.PendingSubscriptions.Contains(name) == subscribed)
        {
            return false;
        }

        if (subscribed && user.PendingSubscriptions.Count >= most)
        {
            throw new StoreFaultException(StoreFaultKind.Limit, $"A user can have {most} subscriptions at most.");
        }

        group.Touch(user);
        user.PendingSubscriptions = subscribed ? user.PendingSubscriptions.Add(name) : user.PendingSubscriptions.Remove(name);
        return true;
    }

    private static MailboxOutcome RenameInbox(CommitGroup group, UserState user, MailboxState inbox, string to, int most)
    {
        CheckCount(user, to, most);
        CreateParents(group, user, to);
        MailboxState target = group.NewMailbox();
        Set(group, user, to, new(SpecialUse.None, target));
        TransferMessages.Move(group, inbox, inbox.PendingUids(), target);
        return MailboxOutcome.Done;
    }

    private static void CheckCount(UserState user, string name, int most)
    {
        int added = 1 + MailboxName.Parents(name).Count(parent => !user.PendingMailboxes.ContainsKey(parent));
        if (user.PendingMailboxes.Count + added > most)
        {
            throw new StoreFaultException(StoreFaultKind.Limit, $"A user can have {most} mailboxes at most.");
        }
    }

    private static void CreateParents(CommitGroup group, UserState user, string name)
    {
        foreach (string parent in MailboxName.Parents(name))
        {
            if (!user.PendingMailboxes.ContainsKey(parent))
            {
                Set(group, user, parent, new(SpecialUse.None, group.NewMailbox()));
            }
        }
    }

    private static void Set(CommitGroup group, UserState user, string name, MailboxNode node)
    {
        group.Touch(user);
        user.PendingMailboxes = user.PendingMailboxes.SetItem(name, node);
    }
}
