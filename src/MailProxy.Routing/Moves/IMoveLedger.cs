using MailProxy.Routing.Pins;

namespace MailProxy.Routing.Moves;

/// <summary>Where moves are written down so that any operator's machine can go on with one. Every method throws <see cref="MoveException"/> when it gets no good answer.</summary>
public interface IMoveLedger
{
    /// <summary>The pin of a user; null: none.</summary>
    Task<Pin?> PinAsync(string user, CancellationToken cancellationToken);

    /// <summary>A move and who drives it; null: there is none.</summary>
    Task<MoveListing?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>Every move that is written down.</summary>
    Task<IReadOnlyList<MoveListing>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Begins a move: record, lock and pin at once.</summary>
    /// <exception cref="MoveException">The user is being moved already, or is on hold.</exception>
    Task<IMoveHandle> BeginAsync(MoveRecord move, CancellationToken cancellationToken);

    /// <summary>Takes a move over that nobody drives (any more).</summary>
    /// <exception cref="MoveException">Somebody drives it, or it is gone.</exception>
    Task<IMoveHandle> TakeOverAsync(string id, string operatorName, CancellationToken cancellationToken);
}
