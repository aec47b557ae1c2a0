namespace MailProxy.EndToEnd.Tests.Moves.Chaos;

/// <summary>How a command ended.</summary>
internal enum ChaosOutcome
{
    /// <summary>The user lives at the new store.</summary>
    Moved,

    /// <summary>The user stays.</summary>
    TakenBack,

    /// <summary>Refused, interrupted or killed: a move may stand.</summary>
    Open,
}
