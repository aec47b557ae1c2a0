namespace MailProxy.Directory.OAuth;

/// <summary>The OAuth provider: access tokens of one issuer, verified by its published keys (JWT, RFC 9068) or by asking it (introspection, RFC 7662).</summary>
public sealed class OAuthOptions
{
    /// <summary>Whose tokens these are, exactly as its tokens say (<c>iss</c>). Required for JWTs; with introspection it is checked where the answer names one.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>Its configuration (OpenID Connect Discovery 1.0 4); empty: below <see cref="Issuer"/>, unless one of the next three says otherwise.</summary>
    public string DiscoveryUrl { get; set; } = "";

    /// <summary>Its keys (RFC 7517 5) directly, without discovery.</summary>
    public string JwksUrl { get; set; } = "";

    /// <summary>A file with such keys, for an issuer that cannot be reached from here.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>Asks the issuer about each token instead.</summary>
    public IntrospectionOptions Introspection { get; set; } = new();

    /// <summary>Whom tokens must be meant for (<c>aud</c>): one of these. Required for JWTs: a token that the user gave to any other service opens the mailbox otherwise.</summary>
    public List<string> Audiences { get; set; } = [];

    /// <summary>Scopes that a token must have, all of them (<c>scope</c> or <c>scp</c>). Empty: none in particular.</summary>
    public List<string> Scopes { get; set; } = [];

    /// <summary>Signatures that are good, of RS256 to RS512, PS256 to PS512 and ES256 to ES512. Empty: all of these. There is no <c>none</c> and no shared secret.</summary>
    public List<string> Algorithms { get; set; } = [];

    /// <summary>How far the issuer's clock may be from ours. With NTP everywhere seconds would do; tokens live for minutes.</summary>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The claim that says who the user is: <c>email</c>, <c>preferred_username</c>, <c>upn</c>, <c>username</c>, <c>sub</c> ...</summary>
    public string UserClaim { get; set; } = "email";

    /// <summary>Appended to a user of the claim, and to a name of the client, that has no domain. Empty: such a token is nobody's here.</summary>
    public string Domain { get; set; } = "";

    /// <summary>The claim with the user's store id; empty: none, or <see cref="Users"/> says.</summary>
    public string HomeClaim { get; set; } = "";

    /// <summary>In a chain: the name of the provider that knows the token's users; it says whether they may log in, and where they live. Empty: whoever has a good token is a user.</summary>
    public string Users { get; set; } = "";

    /// <summary>Without <see cref="Users"/>, domains that are ours, for MX and LMTP: every address of them is taken to be a user, and the store decides at RCPT.</summary>
    public List<string> Domains { get; set; } = [];

    /// <summary>How often keys are fetched again. Issuers publish new ones days before they use them; a key that is not known yet is asked for at once.</summary>
    public TimeSpan Refresh { get; set; } = TimeSpan.FromHours(1);

    /// <summary>For how long the last keys serve while the issuer cannot be reached: an outage of it should not be one of mail, but a withdrawn key must end some day.</summary>
    public TimeSpan KeepKeys { get; set; } = TimeSpan.FromDays(1);

    /// <summary>For one question to one URL, connecting included: as with other providers, users wait no longer.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>PEM file with the CAs that sign the issuer's certificate; empty: the system's.</summary>
    public string Authorities { get; set; } = "";

    /// <summary>Takes http URLs that are not of this machine: whoever is on the way can then make tokens for everybody.</summary>
    public bool AllowHttp { get; set; }

    /// <summary>Each token is asked about.</summary>
    internal bool Introspects => Introspection.Urls.Count > 0;

    /// <summary>Where its configuration is; null: it is not asked for.</summary>
    internal Uri? Discovery => Introspects || JwksUrl.Length > 0 || KeyFile.Length > 0
        ? null
        : new Uri(DiscoveryUrl.Length > 0 ? DiscoveryUrl : Issuer.TrimEnd('/') + "/.well-known/openid-configuration");

    /// <summary>Upper case.</summary>
    internal IReadOnlyList<string> GoodAlgorithms => Algorithms.Count > 0 ? Algorithms : OAuthOptionsValidator.KnownAlgorithms;

    /// <summary>Every error, as <c>path: what to do</c>. Reads files, asks no server.</summary>
    public IEnumerable<string> Validate(string path) => OAuthOptionsValidator.Validate(this).Select(error => $"{path}:{error}");
}
