namespace MailProxy.Directory;

/// <summary>The verdict on credentials.</summary>
/// <param name="Outcome">What the directory said.</param>
/// <param name="User">The user when <see cref="AuthenticationOutcome.Authenticated"/> (for Disabled and Expired too, when known).</param>
/// <param name="Detail">For the log, never for the client: which server, which rule. No secret.</param>
/// <param name="Refusal">How a refusal is to be told; null: as any other of its kind.</param>
public sealed record AuthenticationResult(AuthenticationOutcome Outcome, DirectoryUser? User = null, string Detail = "", RefusalWords? Refusal = null)
{
    /// <summary>When it ceases to be true, whatever a cache may think: the end of the token. Null: nobody said.</summary>
    public DateTimeOffset? GoodUntil { get; init; }

    /// <summary>
    /// What the mechanism has to tell the client before the protocol's own verdict, as one more challenge that the client answers with nothing
    /// of value: the server's signature of SCRAM (RFC 5802 3), the error of OAUTHBEARER (RFC 7628 3.2.2). Octets, not base64; null: nothing.
    /// </summary>
    public ReadOnlyMemory<byte>? LastChallenge { get; init; }
}
