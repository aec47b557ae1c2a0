using MailProxy.Directory;
using MailProxy.Proxy.Authenticate;

namespace MailProxy.Configuration;

/// <summary>How clients may log in.</summary>
public sealed class AuthenticationOptions
{
    /// <summary>Who may send a password without TLS: <c>never</c>, <c>loopback</c> or <c>always</c>.</summary>
    public ClearTextPolicy ClearText { get; set; } = ClearTextPolicy.Never;

    /// <summary>
    /// SASL mechanisms that clients are offered, in order of preference; empty: <c>PLAIN</c> and <c>LOGIN</c> where a provider of the directory knows passwords,
    /// <c>OAUTHBEARER</c> and <c>XOAUTH2</c> where one takes tokens.
    /// </summary>
    public List<string> Mechanisms { get; set; } = [];

    /// <summary>Everything that is wrong with these options, one sentence each.</summary>
    /// <param name="path">Where they stand in the configuration.</param>
    /// <param name="takes">What the directory can judge.</param>
    public IEnumerable<string> Validate(string path, CredentialKinds takes) => Mechanisms.Select(name => ProblemOf(name.ToUpperInvariant(), takes)).OfType<string>().Select(problem => $"{path}:{nameof(Mechanisms)}: {problem}");

    /// <summary>What is offered.</summary>
    /// <param name="takes">What the directory can judge.</param>
    internal SaslMechanisms ToMechanisms(CredentialKinds takes) =>
        Mechanisms.Count == 0 ? SaslMechanisms.For(takes) : new SaslMechanisms(Mechanisms.Select(name => name.ToUpperInvariant()).Distinct());

    private static string? ProblemOf(string name, CredentialKinds takes) => !SaslMechanisms.Known.Contains(name)
        ? $"'{name}' is not a mechanism that can be offered; there are: {string.Join(", ", SaslMechanisms.Known)}"
        : (SaslMechanisms.KindOf(name) & takes) != 0
            ? null
            : takes == CredentialKinds.Passwords
                ? $"'{name}' takes tokens, and no provider of the directory does; add one (oauth) or leave it out"
                : $"'{name}' takes passwords, and the directory's provider (oauth) knows none; leave it out";
}
