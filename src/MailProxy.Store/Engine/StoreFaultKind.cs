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

    /// <summary>A move holds the user, who is served again soon, here or elsewhere. Temporary: <c>450 4.2.1</c>, <c>NO [UNAVAILABLE]</c>, <c>-ERR [SYS/TEMP]</c>.</summary>
    UserHeld,

    /// <summary>The user lives at another store. A referral where <see cref="StoreFaultException.Referral"/> has a port for the protocol.</summary>
    UserMoved,

    /// <summary>A step of a move does not fit the user's state, or another move is at work. Never met by mail clients.</summary>
    MoveConflict,
}
