namespace MailProxy.Routing.Moves;

/// <summary>
/// The stores' half of a move. Every method may be repeated, throws <see cref="MoveException"/> when the store cannot do it (the text says what to
/// do), and is idempotent: a command that died may have sent the same before.
/// </summary>
public interface IStoreMover
{
    /// <summary>Asks both stores whether they could: reachable, willing, nothing in the way. Changes nothing.</summary>
    Task CheckAsync(MoveRecord move, CancellationToken cancellationToken);

    /// <summary>The new store fetches what it has not yet. The user may be served at the old one meanwhile.</summary>
    Task CopyAsync(MoveRecord move, bool isLast, IProgress<CopyProgress> progress, CancellationToken cancellationToken);

    /// <summary>The old store refuses the user for so long, unless it is asked again. It has ended all that it served when this returns.</summary>
    Task HoldSourceAsync(MoveRecord move, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>The old store serves again, if only a hold kept it.</summary>
    Task ReleaseSourceAsync(MoveRecord move, CancellationToken cancellationToken);

    /// <summary>The old store refuses the user for good and names the new one.</summary>
    Task FenceSourceAsync(MoveRecord move, CancellationToken cancellationToken);

    /// <summary>Takes this move's fence back.</summary>
    Task UnfenceAsync(MoveRecord move, CancellationToken cancellationToken);

    /// <summary>The copy becomes the user's mail at the new store.</summary>
    Task ActivateAsync(MoveRecord move, CancellationToken cancellationToken);

    /// <summary>Throws the copy at the new store away, so that it can never be activated; false: it is active already.</summary>
    Task<bool> DropCopyAsync(MoveRecord move, CancellationToken cancellationToken);

    /// <summary>Deletes what is left behind at the old store, which is fenced.</summary>
    Task PurgeAsync(MoveRecord move, CancellationToken cancellationToken);
}
