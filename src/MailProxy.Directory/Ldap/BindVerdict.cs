namespace MailProxy.Directory.Ldap;

/// <summary>What a server said to a user's bind. Never a temporary fault.</summary>
/// <param name="Outcome"><see cref="AuthenticationOutcome.Authenticated"/> for a right password.</param>
/// <param name="Detail">For the log.</param>
/// <param name="IsOfProgram">It was an application password: whether the user's own one has expired does not matter.</param>
internal readonly record struct BindVerdict(AuthenticationOutcome Outcome, string Detail, bool IsOfProgram = false);
