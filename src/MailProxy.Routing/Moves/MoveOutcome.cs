namespace MailProxy.Routing.Moves;

/// <summary>How a move ended.</summary>
public enum MoveOutcome
{
    /// <summary>The user lives at the new store.</summary>
    Moved,

    /// <summary>The user stays where they were; nothing is left of the move.</summary>
    TakenBack,
}
