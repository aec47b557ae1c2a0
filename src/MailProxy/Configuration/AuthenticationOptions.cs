using MailProxy.Directory;
using MailProxy.Proxy.Authenticate;
using MailProxy.Transport.Tls;

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

    /// <summary>Which name of a client certificate is the user's, for EXTERNAL: <c>email</c>, <c>cn</c> or <c>upn</c>.</summary>
    public CertificateNameRule CertificateName { get; set; } = CertificateNameRule.Email;

    /// <summary>Everything that is wrong with these options, one sentence each.</summary>
    /// <param name="path">Where they stand in the configuration.</param>
    /// <param name="takes">What the directory can judge.</param>
    public IEnumerable<string> Validate(string path, CredentialKinds takes) => Mechanisms.Select(name => ProblemOf(name.ToUpperInvariant(), takes)).OfType<string>().Select(problem => $"{path}:{nameof(Mechanisms)}: {problem}");

    /// <summary>What does not go together with other sections, one sentence each.</summary>
    /// <param name="path">Where these options stand in the configuration.</param>
    /// <param name="tls">For clients.</param>
    /// <param name="directory">Who judges.</param>
    internal IEnumerable<string> ValidateWith(string path, TlsOptions tls, DirectoryOptions directory)
    {
        if (Names.Contains("EXTERNAL") && tls.ClientAuthorities is null)
        {
            yield return $"{path}:{nameof(Mechanisms)}: EXTERNAL is for clients with certificates, so name the PEM file of the CAs that sign theirs in Tls:ClientAuthorities.";
        }

        IEnumerable<ProviderOptions> providers = directory.IsChain ? directory.Chain : [directory];
        if (Names.FirstOrDefault(name => name.StartsWith("SCRAM-", StringComparison.Ordinal)) is { } scram && !providers.Any(provider => provider.ShowsSecrets))
        {
            yield return $"{path}:{nameof(Mechanisms)}: {scram} needs a directory that shows what it stores of passwords: "
                + "file, ldap with Mode hash, or a UserQuery with a column password.";
        }

        if (Names.FirstOrDefault(name => name is "CRAM-MD5" or SaslMechanisms.Apop) is { } cram && !providers.Any(provider => provider.ShowsSecrets || provider.IsHttp))
        {
            yield return $"{path}:{nameof(Mechanisms)}: {cram} needs a directory that shows passwords in clear ({{PLAIN}}): "
                + "file, ldap with Mode hash, a UserQuery with a column password, or http, whose service judges it.";
        }
    }

    private IEnumerable<string> Names => Mechanisms.Select(name => name.ToUpperInvariant());

    /// <summary>What is offered.</summary>
    /// <param name="takes">What the directory can judge.</param>
    internal SaslMechanisms ToMechanisms(CredentialKinds takes) =>
        Mechanisms.Count == 0 ? SaslMechanisms.For(takes) : new SaslMechanisms(Names.Distinct());

    private static string? ProblemOf(string name, CredentialKinds takes) => !SaslMechanisms.Known.Contains(name)
        ? $"'{name}' is not a mechanism that can be offered; there are: {string.Join(", ", SaslMechanisms.Known)}"
        : (SaslMechanisms.KindOf(name) & takes) != 0
            ? null
            : takes == CredentialKinds.Passwords
                ? $"'{name}' takes tokens, and no provider of the directory does; add one (oauth) or leave it out"
                : $"'{name}' takes passwords, and the directory's provider (oauth) knows none; leave it out";
}
