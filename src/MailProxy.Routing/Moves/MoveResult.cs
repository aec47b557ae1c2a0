namespace MailProxy.Routing.Moves;

/// <summary>How a move ended, and why if it was not as asked.</summary>
/// <param name="Outcome">Where the user lives now.</param>
/// <param name="Reason">Why it was taken back; empty when it was not.</param>
/// <param name="Held">How long the user waited, as far as this run knows.</param>
public sealed record MoveResult(MoveOutcome Outcome, string Reason, TimeSpan Held);
