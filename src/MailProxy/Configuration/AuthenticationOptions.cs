using MailProxy.Proxy.Authenticate;

namespace MailProxy.Configuration;

/// <summary>How clients may log in.</summary>
public sealed class AuthenticationOptions
{
    /// <summary>Who may send a password without TLS: <c>never</c>, <c>loopback</c> or <c>always</c>.</summary>
    public ClearTextPolicy ClearText { get; set; } = ClearTextPolicy.Never;

    /// <summary>SASL mechanisms that clients are offered, in order of preference; empty: <c>PLAIN</c> and <c>LOGIN</c>.</summary>
    public List<string> Mechanisms { get; set; } = [];

    /// <summary>Everything that is wrong with these options, one sentence each.</summary>
    /// <param name="path">Where they stand in the configuration.</param>
    public IEnumerable<string> Validate(string path) => Mechanisms
        .Where(name => !SaslMechanisms.Known.Contains(name, StringComparer.OrdinalIgnoreCase))
        .Select(name => $"{path}:{nameof(Mechanisms)}: '{name}' is not a mechanism that can be offered; there are: {string.Join(", ", SaslMechanisms.Known)}");

    /// <summary>What is offered.</summary>
    internal SaslMechanisms ToMechanisms() =>
        Mechanisms.Count == 0 ? SaslMechanisms.Passwords : new SaslMechanisms(Mechanisms.Select(name => name.ToUpperInvariant()).Distinct());
}
