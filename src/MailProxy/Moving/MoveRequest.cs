namespace MailProxy.Moving;

/// <summary>What <c>mailproxy user move</c> was asked for.</summary>
/// <param name="User">The name or address as it was typed.</param>
/// <param name="To">The new store; null with the other kinds.</param>
/// <param name="Kind">Begin, go on, take back or tell.</param>
/// <param name="Via">The command that copies; null: the stores do.</param>
/// <param name="Purge">What is left behind is deleted.</param>
/// <param name="Hold">How long the user may wait.</param>
internal sealed record MoveRequest(string User, string? To, MoveRequestKind Kind, string? Via, bool Purge, TimeSpan Hold);
