using System.Net;
using System.Security.Cryptography;
using MailProxy.Directory.HttpAuth;
using MailProxy.Directory.Ldap;

namespace MailProxy.Directory.OAuth;

/// <summary>Judges <see cref="OAuthOptions"/>.</summary>
internal static class OAuthOptionsValidator
{
    /// <summary>Signatures with a public key (RFC 7518 3.1). Not HS256 and its kin: who can verify those can make them.</summary>
    public static IReadOnlyList<string> KnownAlgorithms { get; } = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

    /// <summary>Every error, as <c>Name: what to do</c>.</summary>
    public static IEnumerable<string> Validate(OAuthOptions options) =>
        OfSource(options).Concat(OfUrls(options)).Concat(OfRules(options)).Concat(OfBounds(options)).Concat(OfFiles(options));

    /// <summary>Why a URL is not to be asked; null: it may be.</summary>
    /// <param name="url">As configured, or as a discovery document says.</param>
    /// <param name="allowHttp">Elsewhere than on this machine, too.</param>
    public static string? ProblemOfUrl(string url, bool allowHttp)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            return $"'{HeaderText.Printable(url, 100)}' is no http or https URL";
        }

        if (uri.UserInfo.Length > 0 || uri.Fragment.Length > 0)
        {
            return "must hold neither a password nor a fragment";
        }

        var isLocal = uri.Host == "localhost" || (IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
        return uri.Scheme == "https" || isLocal || allowHttp
            ? null
            : $"'{HeaderText.Printable(url, 100)}' is in clear, and whoever is on the way could make tokens for everybody; use https, or say {nameof(OAuthOptions.AllowHttp)}";
    }

    private static IEnumerable<string> OfSource(OAuthOptions options)
    {
        var sources = new[]
        {
            (nameof(options.DiscoveryUrl), options.DiscoveryUrl.Length > 0), (nameof(options.JwksUrl), options.JwksUrl.Length > 0),
            (nameof(options.KeyFile), options.KeyFile.Length > 0), (nameof(options.Introspection), options.Introspects),
        }.Where(source => source.Item2).Select(source => source.Item1).ToList();
        if (sources.Count > 1)
        {
            yield return $"{sources[1]}: {string.Join(" and ", sources)} exclude each other; give one.";
        }

        if (!options.Introspects && options.Issuer.Length == 0)
        {
            yield return $"{nameof(options.Issuer)}: name the issuer whose tokens are good, exactly as they say it (iss), like \"https://login.example.org/realms/mail\".";
        }

        if (!options.Introspects && options.Audiences.Count == 0)
        {
            yield return $"{nameof(options.Audiences)}: name whom tokens must be meant for (aud); a token given to any other service would open the mailbox otherwise.";
        }

        if (options.Introspects && (options.Introspection.ClientId.Length == 0 || options.Introspection.ClientSecretFile.Length == 0))
        {
            yield return $"{nameof(options.Introspection)}: give {nameof(options.Introspection.ClientId)} and {nameof(options.Introspection.ClientSecretFile)}; the issuer answers nobody else (RFC 7662 2.1).";
        }
    }

    private static IEnumerable<string> OfUrls(OAuthOptions options)
    {
        var isDiscovered = !options.Introspects && options is { JwksUrl.Length: 0, KeyFile.Length: 0, DiscoveryUrl.Length: 0, Issuer.Length: > 0 };
        IEnumerable<(string Name, string Url)> urls =
        [
            (nameof(options.Issuer), isDiscovered ? options.Issuer : ""), (nameof(options.DiscoveryUrl), options.DiscoveryUrl), (nameof(options.JwksUrl), options.JwksUrl),
            .. options.Introspection.Urls.Select((url, index) => ($"{nameof(options.Introspection)}:{nameof(options.Introspection.Urls)}:{index}", url.Length > 0 ? url : "-")),
        ];
        return from entry in urls
               where entry.Url.Length > 0
               let problem = ProblemOfUrl(entry.Url, options.AllowHttp)
               where problem is not null
               select $"{entry.Name}: {problem}.";
    }

    private static IEnumerable<string> OfRules(OAuthOptions options)
    {
        foreach (var name in options.Algorithms.Where(name => !KnownAlgorithms.Contains(name)))
        {
            yield return $"{nameof(options.Algorithms)}: '{name}' is not a signature that is taken; there are: {string.Join(", ", KnownAlgorithms)}.";
        }

        if (options.UserClaim.Length == 0)
        {
            yield return $"{nameof(options.UserClaim)}: name the claim that says who the user is.";
        }

        if (options.Domain.Length > 0 && Uri.CheckHostName(options.Domain) != UriHostNameType.Dns)
        {
            yield return $"{nameof(options.Domain)}: '{options.Domain}' is no domain.";
        }

        foreach (var domain in options.Domains.Where(domain => Uri.CheckHostName(domain) != UriHostNameType.Dns))
        {
            yield return $"{nameof(options.Domains)}: '{domain}' is no domain.";
        }

        if (options.Users.Length > 0 && options.Domains.Count > 0)
        {
            yield return $"{nameof(options.Domains)}: '{options.Users}' knows whose addresses are ours; leave this empty.";
        }
    }

    private static IEnumerable<string> OfBounds(OAuthOptions options)
    {
        foreach (var (name, value, least, most) in new[]
        {
            (nameof(options.ClockSkew), options.ClockSkew, TimeSpan.Zero, TimeSpan.FromMinutes(5)),
            (nameof(options.Refresh), options.Refresh, TimeSpan.FromMinutes(1), TimeSpan.FromDays(1)),
            (nameof(options.KeepKeys), options.KeepKeys, options.Refresh, TimeSpan.FromDays(7)),
            (nameof(options.Timeout), options.Timeout, TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(1)),
        })
        {
            if (value < least || value > most)
            {
                yield return $"{name}: give a time from {least} to {most}.";
            }
        }

        foreach (var (name, value, least, most) in new[]
        {
            (nameof(IntrospectionOptions.Connections), options.Introspection.Connections, 1, 10_000), (nameof(IntrospectionOptions.Waiting), options.Introspection.Waiting, 0, 1_000_000),
        })
        {
            if (value < least || value > most)
            {
                yield return $"{nameof(options.Introspection)}:{name}: give a number from {least} to {most}.";
            }
        }
    }

    private static IEnumerable<string> OfFiles(OAuthOptions options)
    {
        if (options.Introspection.ClientSecretFile is { Length: > 0 } secret && ServiceAccount.FindProblem(secret) is { } wrong)
        {
            yield return $"{nameof(options.Introspection)}:{nameof(options.Introspection.ClientSecretFile)}: {wrong}.";
        }

        if (options.Authorities.Length > 0 && FileProblem(() => HttpAuthTls.LoadAuthorities(options.Authorities)) is { } other)
        {
            yield return $"{nameof(options.Authorities)}: '{options.Authorities}' cannot be used: {other}";
        }

        if (options.KeyFile.Length > 0 && FileProblem(() => KeySet.Parse(System.IO.File.ReadAllBytes(options.KeyFile))) is { } third)
        {
            yield return $"{nameof(options.KeyFile)}: '{options.KeyFile}' cannot be used: {third}";
        }
    }

    private static string? FileProblem(Action load)
    {
        try
        {
            load();
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException or IssuerFaultException)
        {
            return exception.Message;
        }
    }
}
