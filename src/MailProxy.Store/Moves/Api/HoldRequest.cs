namespace MailProxy.Store.Moves.Api;

/// <summary>Body of <c>PUT /moves/users/{user}/hold</c>: begins or renews a hold.</summary>
/// <param name="Move">Id of the move: 1 to 64 letters, digits, <c>.</c>, <c>_</c> and <c>-</c>.</param>
/// <param name="LeaseSeconds">How long the hold lasts from now on unless it is renewed, 1 to 600.</param>
public sealed record HoldRequest(string Move, int LeaseSeconds);
