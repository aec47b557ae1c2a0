namespace MailProxy.Store.Engine;

/// <summary>RFC 6154 roles. A new user gets INBOX, Drafts, Sent, Junk, Trash and Archive.</summary>
public enum SpecialUse
{
    /// <summary>No role.</summary>
    None,

    /// <summary>\Archive.</summary>
    Archive,

    /// <summary>\Drafts.</summary>
    Drafts,

    /// <summary>\Junk.</summary>
    Junk,

    /// <summary>\Sent.</summary>
    Sent,

    /// <summary>\Trash.</summary>
    Trash,
}
