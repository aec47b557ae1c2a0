namespace MailProxy.Directory;

/// <summary>The verdict on credentials.</summary>
/// <param name="Outcome">What the directory said.</param>
/// <param name="User">The user when <see cref="AuthenticationOutcome.Authenticated"/> (for Disabled and Expired too, when known).</param>
/// <param name="Detail">For the log, never for the client: which server, which rule. No secret.</param>
/// <param name="Refusal">How a refusal is to be told; null: as any other of its kind.</param>
public sealed record AuthenticationResult(AuthenticationOutcome Outcome, DirectoryUser? User = null, string Detail = "", RefusalWords? Refusal = null);
