namespace MailProxy.Directory.OAuth;

/// <summary>What a token is worth.</summary>
/// <param name="Outcome">Authenticated: the token is good, whoever its user is. NoSuchUser: it is another issuer's.</param>
/// <param name="Detail">For the log: which check failed. Never the token.</param>
/// <param name="Claims">Of a good one.</param>
/// <param name="Until">When a good one ends.</param>
internal sealed record TokenVerdict(AuthenticationOutcome Outcome, string Detail, TokenClaims? Claims = null, DateTimeOffset? Until = null)
{
    /// <summary>The error for the client (RFC 6750 3.1): the token is good, but not for this.</summary>
    public bool LacksScope { get; init; }

    /// <summary>Nothing can be said now.</summary>
    public static TokenVerdict Unavailable(string detail) => new(AuthenticationOutcome.TemporarilyUnavailable, detail);

    /// <summary>It is none, or a forged one.</summary>
    public static TokenVerdict Bad(string detail) => new(AuthenticationOutcome.WrongPassword, detail);
}
