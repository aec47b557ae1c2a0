using MailProxy.Directory;
using MailProxy.Proxy.Authenticate;
using MailProxy.Transport.Tls;

namespace MailProxy.Configuration;

/// <summary>How clients may log in.</summary>
public sealed class AuthenticationOptions
{
    /// <summary>Who may send a password without TLS: <c>never</c>, <c>loopback</c> or <c>always</c>.</summary>
    public ClearTextPolicy ClearText { get; set; } = ClearTextPolicy.Never;

    /// <summary>SASL mechanisms that clients are offered, in order of preference; empty: <c>PLAIN</c> and <c>LOGIN</c>.</summary>
    public List<string> Mechanisms { get; set; } = [];

    /// <summary>Which name of a client certificate is the user's, for EXTERNAL: <c>email</c>, <c>cn</c> or <c>upn</c>.</summary>
    public CertificateNameRule CertificateName { get; set; } = CertificateNameRule.Email;

    /// <summary>Everything that is wrong with these options, one sentence each.</summary>
    /// <param name="path">Where they stand in the configuration.</param>
    public IEnumerable<string> Validate(string path) => Mechanisms
        .Where(name => !SaslMechanisms.Known.Contains(name, StringComparer.OrdinalIgnoreCase))
        .Select(name => $"{path}:{nameof(Mechanisms)}: '{name}' is not a mechanism that can be offered; there are: {string.Join(", ", SaslMechanisms.Known)}");

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
    internal SaslMechanisms ToMechanisms() =>
        Mechanisms.Count == 0 ? SaslMechanisms.Passwords : new SaslMechanisms(Names.Distinct());
}
