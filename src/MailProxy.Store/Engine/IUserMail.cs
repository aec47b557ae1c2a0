namespace MailProxy.Store.Engine;

/// <summary>The mailboxes of one user. Names are UTF-8 (not modified UTF-7), hierarchy separator <c>/</c>, INBOX in any case is <c>INBOX</c>.</summary>
public interface IUserMail
{
    /// <summary>Canonical user name.</summary>
    string User { get; }

    /// <summary>All mailboxes, INBOX always among them, in name order.</summary>
    ValueTask<IReadOnlyList<MailboxInfo>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Subscribed names; a name may be subscribed without a mailbox (RFC 9051 6.3.7).</summary>
    ValueTask<IReadOnlyList<string>> ListSubscriptionsAsync(CancellationToken cancellationToken);

    /// <summary>Subscribes or unsubscribes.</summary>
    ValueTask SetSubscribedAsync(string name, bool subscribed, CancellationToken cancellationToken);

    /// <summary>Creates a mailbox and its missing parents. AlreadyExists, or InvalidName, otherwise Done.</summary>
    ValueTask<MailboxOutcome> CreateAsync(string name, SpecialUse specialUse, CancellationToken cancellationToken);

    /// <summary>Deletes a mailbox with its mail. NotFound; HasChildren leaves an unselectable name (\Noselect) and is told as Done; INBOX is NotPermitted.</summary>
    ValueTask<MailboxOutcome> DeleteAsync(string name, CancellationToken cancellationToken);

    /// <summary>Renames a mailbox and what is below it. Renaming INBOX moves its mail to the new name and leaves INBOX empty (RFC 9051 6.3.6).</summary>
    ValueTask<MailboxOutcome> RenameAsync(string from, string to, CancellationToken cancellationToken);

    /// <summary>Opens a mailbox, or null when there is none (or it is \Noselect).</summary>
    ValueTask<IMailbox?> OpenAsync(string name, CancellationToken cancellationToken);
}
