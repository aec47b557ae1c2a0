using MailProxy.Routing.Pins;

namespace MailProxy.Routing.Moves;

/// <summary>A move of one user: the value of <c>mailproxy/moves/&lt;id&gt;</c>. Whoever holds that key by a Consul session drives it.</summary>
/// <param name="Id">Unique for all time: a UUID without dashes.</param>
/// <param name="User">Canonical user name.</param>
/// <param name="From">Id of the store they lived at when it began.</param>
/// <param name="To">Id of the store they move to.</param>
/// <param name="Step">How far it is.</param>
/// <param name="Started">When it began.</param>
/// <param name="Operator">Who drives it or drove it last, as <c>name@machine</c>.</param>
public sealed record MoveRecord(string Id, string User, string From, string To, MoveStep Step, DateTimeOffset Started, string Operator)
{
    /// <summary>It is being taken back: the user stays at <see cref="From"/>.</summary>
    public bool Undo { get; init; }

    /// <summary>How often somebody took it over; tells the drivers of one move apart in logs.</summary>
    public int Epoch { get; init; } = 1;

    /// <summary>The command that copies the mail (<c>--via</c>), for people to read: it is never run from here. Null: the stores do it themselves.</summary>
    public string? Via { get; init; }

    /// <summary>The user had a pin before the move; without one, taking the move back leaves none.</summary>
    public bool Pinned { get; init; }

    /// <summary>The pin before the move said where to already (many users move): taking the move back leaves that.</summary>
    public bool Planned { get; init; }

    /// <summary>The mail that is left behind is deleted at the end.</summary>
    public bool Purge { get; init; }

    /// <summary>The user's pin while this record stands.</summary>
    public Pin Pin => Step switch
    {
        MoveStep.Finishing => new Pin(To),
        MoveStep.Copying => new Pin(From, PinState.Active, To, Id),
        _ => new Pin(From, PinState.Held, To, Id),
    };
}
