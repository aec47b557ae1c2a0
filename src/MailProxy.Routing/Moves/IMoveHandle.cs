namespace MailProxy.Routing.Moves;

/// <summary>The right to drive one move. Disposing gives it back; the move itself stays as it is.</summary>
public interface IMoveHandle : IAsyncDisposable
{
    /// <summary>What is written down.</summary>
    MoveRecord Move { get; }

    /// <summary>Cancelled when the right is lost: another may drive the move from then on.</summary>
    CancellationToken Lost { get; }

    /// <summary>Writes a new record, and the pin that belongs to it, at once.</summary>
    Task WriteAsync(MoveRecord next, CancellationToken cancellationToken);

    /// <summary>The proxies that live and have not confirmed the hold yet.</summary>
    Task<IReadOnlyList<string>> UnconfirmedAsync(CancellationToken cancellationToken);

    /// <summary>Deletes the record and its confirmations; with <paramref name="restore"/> the pin names the old store again.</summary>
    Task ForgetAsync(bool restore, CancellationToken cancellationToken);
}
