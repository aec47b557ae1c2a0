using MailProxy.Directory;

namespace MailProxy.Proxy.Authenticate;

/// <summary>The SASL mechanisms that clients are offered (RFC 4422 3.1).</summary>
public sealed class SaslMechanisms
{
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
    public static IReadOnlyList<string> Known { get; } = ["PLAIN", "LOGIN", .. BearerExchange.Mechanisms];

    /// <summary>Upper case, in order of preference.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>True for a mechanism that is offered; upper case.</summary>
    public bool Offers(string name) => Array.IndexOf(_names, name) >= 0;
}
