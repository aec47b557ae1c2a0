namespace MailProxy.Protocols.Sieve;

/// <summary>Bounds for one line with its literals.</summary>
/// <param name="Octets">In all, final CRLF included.</param>
/// <param name="Tokens">Strings, atoms and parentheses.</param>
public sealed record SieveLimits(int Octets, int Tokens)
{
    /// <summary>From clients before login: AUTHENTICATE with an initial response of several kilobytes (RFC 4954 4: 12,288 octets of base64), and little else.</summary>
    public static SieveLimits BeforeLogin { get; } = new(Octets: 12_288 + 64, Tokens: 8);

    /// <summary>From stores up to login: a capability that lists every extension has less than a kilobyte, a challenge with an error in JSON a few.</summary>
    public static SieveLimits OfStore { get; } = new(Octets: 8_192, Tokens: 64);
}
