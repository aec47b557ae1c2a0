namespace MailProxy.Store.Access.Tokens;

/// <summary>What a proxy's token holds: a JWT (RFC 7519) that is signed by ES256 for one login of one user at one store. Both ends know it by these words.</summary>
public static class StoreToken
{
    /// <summary>The header's <c>typ</c> (RFC 8725 3.11): a token that the same key signed for something else is none.</summary>
    public const string Type = "mailproxy-login+jwt";

    /// <summary>The claim with the protocol: <c>imap</c>, <c>pop3</c>, <c>submission</c> or <c>http</c>.</summary>
    public const string Protocol = "protocol";

    /// <summary>The claim with the session's id at the proxy.</summary>
    public const string Session = "sid";

    /// <summary>The issuer (<c>iss</c>) where no other is configured.</summary>
    public const string DefaultIssuer = "mailproxy";

    /// <summary>How long a proxy makes a token good for: a login takes seconds, and tries two or three addresses of a store at most.</summary>
    public static TimeSpan Lifetime { get; } = TimeSpan.FromSeconds(60);

    /// <summary>How far the clocks of proxies and stores may be apart.</summary>
    public static TimeSpan ClockSkew { get; } = TimeSpan.FromSeconds(30);
}
