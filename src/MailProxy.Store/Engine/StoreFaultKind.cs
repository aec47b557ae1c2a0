namespace MailProxy.Store.Engine;

/// <summary>Why a store could not do what was asked, as far as a client is concerned.</summary>
public enum StoreFaultKind
{
    /// <summary>The disk or the database failed. Temporary for the client: <c>451 4.3.0</c>, <c>NO [SERVERBUG]</c> or <c>[UNAVAILABLE]</c>.</summary>
    Failed,

    /// <summary>No space left. <c>452 4.3.1</c>, <c>NO [UNAVAILABLE]</c>.</summary>
    DiskFull,

    /// <summary>A limit of this store was met (size, mailboxes, keywords). <c>552 5.3.4</c>, <c>NO [LIMIT]</c>.</summary>
    Limit,

    /// <summary>The mailbox was deleted while it was open. <c>NO [NONEXISTENT]</c>.</summary>
    MailboxGone,
}
