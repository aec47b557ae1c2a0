using MailProxy.Directory;

namespace MailProxy.Proxy.Authenticate;

/// <summary>The SASL mechanisms that clients are offered (RFC 4422 3.1).</summary>
public sealed class SaslMechanisms
{
    /// <summary>No SASL mechanism, but listed as one: POP3's command with a digest (RFC 1939 7).</summary>
    public const string Apop = "APOP";

    private readonly string[] _names;

    /// <param name="names">Upper case, in order of preference; all known (<see cref="Known"/>).</param>
    public SaslMechanisms(IEnumerable<string> names) => _names = [.. names];

    /// <summary>What is offered unless the operator says otherwise: what every directory with passwords can judge.</summary>
    public static SaslMechanisms Passwords { get; } = new(["PLAIN", "LOGIN"]);

    /// <summary>What is offered unless the operator says otherwise, to users of a directory.</summary>
    /// <param name="takes">What it can judge: a mechanism that nobody could log in by makes clients ask for a password that there is not.</param>
    public static SaslMechanisms For(CredentialKinds takes) => takes switch
    {
        CredentialKinds.Passwords => Passwords,
        CredentialKinds.Tokens => new(BearerExchange.Mechanisms),
        _ => new([.. Passwords.Names, .. BearerExchange.Mechanisms]),
    };

    /// <summary>What a mechanism of ours needs from the directory; upper case.</summary>
    public static CredentialKinds KindOf(string name) => BearerExchange.Mechanisms.Contains(name) ? CredentialKinds.Tokens : CredentialKinds.Passwords;

    /// <summary>Every mechanism that can be offered.</summary>
    public static IReadOnlyList<string> Known { get; } = ["PLAIN", "LOGIN", .. BearerExchange.Mechanisms, "SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-1", "EXTERNAL", "CRAM-MD5", Apop];

    /// <summary>Upper case, in order of preference.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>True for a mechanism that is listed; upper case.</summary>
    public bool Offers(string name) => Array.IndexOf(_names, name) >= 0;

    /// <summary>SASL mechanisms that can be used on a connection as it is, in order of preference.</summary>
    internal IEnumerable<string> On(OfferState state) => _names.Where(name => IsPossible(name, state));

    /// <summary>True when a mechanism is offered on a connection as it is; upper case.</summary>
    internal bool Offers(string name, OfferState state) => Offers(name) && IsPossible(name, state);

    /// <summary>True when channel binding is offered on a connection as it is.</summary>
    internal bool OffersBinding(OfferState state) => state.HasFlag(OfferState.CanBind) && _names.Any(IsBinding);

    private static bool IsBinding(string name) => name.EndsWith("-PLUS", StringComparison.Ordinal);

    private static bool IsPossible(string name, OfferState state) =>
        name != Apop && (state.HasFlag(OfferState.CanBind) || !IsBinding(name)) && (state.HasFlag(OfferState.HasCertificate) || name != "EXTERNAL");
}
