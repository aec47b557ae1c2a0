namespace MailProxy.Store.Engine;

/// <summary>One open mailbox. Several sessions may hold the same one; each compares snapshots to tell its client what changed.</summary>
public interface IMailbox : IAsyncDisposable
{
    /// <summary>Its name when it was opened.</summary>
    string Name { get; }

    /// <summary>Its present state: counters and every message in UID order. Cheap: an immutable object, shared until something changes.</summary>
    MailboxSnapshot Snapshot { get; }

    /// <summary>Raised (on any thread) after a change was made durable. Handlers must not block.</summary>
    event Action? Changed;

    /// <summary>Appends a completed draft. Returns the new UID; durable on return.</summary>
    ValueTask<uint> AppendAsync(IMessageDraft draft, MessageFlags flags, IReadOnlyList<string> keywords, DateTimeOffset internalDate, CancellationToken cancellationToken);

    /// <summary>Changes flags of the given UIDs; those with a mod-sequence above <paramref name="unchangedSince"/> are left and returned (RFC 7162 3.1.3).</summary>
    /// <returns>UIDs that were not changed because of <paramref name="unchangedSince"/>.</returns>
    ValueTask<IReadOnlyList<uint>> StoreFlagsAsync(IReadOnlyList<uint> uids, FlagChange change, MessageFlags flags, IReadOnlyList<string> keywords, ulong? unchangedSince, CancellationToken cancellationToken);

    /// <summary>Copies messages (flags, keywords, internal date kept; content hard-linked) into another mailbox of the user, atomically.</summary>
    /// <returns>Pairs of old and new UID in UID order, with the target's UIDVALIDITY; null when the target does not exist.</returns>
    ValueTask<CopyResult?> CopyAsync(IReadOnlyList<uint> uids, string targetName, CancellationToken cancellationToken);

    /// <summary>Copies and expunges in one step (RFC 6851).</summary>
    ValueTask<CopyResult?> MoveAsync(IReadOnlyList<uint> uids, string targetName, CancellationToken cancellationToken);

    /// <summary>Removes the given UIDs for good, whatever their flags. UIDs that are gone already are skipped.</summary>
    ValueTask<IReadOnlyList<uint>> ExpungeAsync(IReadOnlyList<uint> uids, CancellationToken cancellationToken);

    /// <summary>Reads what FETCH ENVELOPE/BODY/BODYSTRUCTURE answer; null when the message is gone.</summary>
    ValueTask<MessageStructure?> ReadStructureAsync(uint uid, CancellationToken cancellationToken);

    /// <summary>Opens the content (seekable); null when the message is gone.</summary>
    ValueTask<Stream?> OpenContentAsync(uint uid, CancellationToken cancellationToken);
}
