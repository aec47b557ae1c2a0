namespace MailProxy.Store.Engine.Files.Database;

/// <summary>Column families; the names on disk are these in lower case.</summary>
internal enum StoreTable
{
    /// <summary>Layout and sequences (RocksDB's default family, named <c>default</c>).</summary>
    Default,

    /// <summary>user NUL name -> <see cref="MailboxRecord"/>.</summary>
    Mailboxes,

    /// <summary>mailbox id -> <see cref="MailboxCounters"/>.</summary>
    Counters,

    /// <summary>mailbox id, UID -> <see cref="StoredMessage"/>.</summary>
    Messages,

    /// <summary>link number -> <see cref="MessageStructure"/>.</summary>
    Structures,

    /// <summary>user NUL name -> nothing.</summary>
    Subscriptions,

    /// <summary><see cref="Database.Garbage"/> -> nothing.</summary>
    Garbage,

    /// <summary>user -> <see cref="Moves.MoveRecord"/>.</summary>
    Moves,

    /// <summary>user -> <see cref="Moves.StagedNames"/>, while a copy is staged.</summary>
    Staged,

    /// <summary>link number -> SHA-256 of its content, of messages that were exported or staged.</summary>
    Digests,

    /// <summary>Copies that users took lately (<see cref="Repeats.TakenKeys"/>): user, digest -> time, and time, user, digest -> nothing.</summary>
    Taken,
}
