namespace MailProxy.Proxy.Authenticate;

/// <summary>The SASL mechanisms that clients are offered (RFC 4422 3.1).</summary>
public sealed class SaslMechanisms
{
    private readonly string[] _names;

    /// <param name="names">Upper case, in order of preference; all known (<see cref="Known"/>).</param>
    public SaslMechanisms(IEnumerable<string> names) => _names = [.. names];

    /// <summary>What is offered unless the operator says otherwise: what every directory can judge.</summary>
    public static SaslMechanisms Passwords { get; } = new(["PLAIN", "LOGIN"]);

    /// <summary>Every mechanism that can be offered.</summary>
    public static IReadOnlyList<string> Known { get; } = ["PLAIN", "LOGIN"];

    /// <summary>Upper case, in order of preference.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>True for a mechanism that is offered; upper case.</summary>
    public bool Offers(string name) => Array.IndexOf(_names, name) >= 0;
}
