namespace MailProxy.Store.Access;

/// <summary>The verdict on a log-in.</summary>
/// <param name="Outcome">What it is.</param>
/// <param name="User">Granted: the canonical user; otherwise empty.</param>
/// <param name="Detail">For the log, without secrets and without control characters: who logged in and how, or why not.</param>
public readonly record struct AccessResult(AccessOutcome Outcome, string User, string Detail);
