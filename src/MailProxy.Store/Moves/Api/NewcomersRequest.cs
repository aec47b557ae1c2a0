namespace MailProxy.Store.Moves.Api;

/// <summary>The body of <c>PUT /moves/newcomers</c>: users who have never been at this store are put off (450 4.2.1, UNAVAILABLE) for a moment.</summary>
/// <param name="Move">For what: a name that opens it again.</param>
/// <param name="LeaseSeconds">1 to 600: it opens by itself then.</param>
public sealed record NewcomersRequest(string Move, int LeaseSeconds);
