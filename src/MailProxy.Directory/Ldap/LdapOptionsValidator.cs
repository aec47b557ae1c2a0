using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using MailProxy.Directory.File;

namespace MailProxy.Directory.Ldap;

/// <summary>Judges the ldap provider's options.</summary>
internal static partial class LdapOptionsValidator
{
    /// <summary>Every error, as <c>path: what to do</c>.</summary>
    public static IEnumerable<string> Validate(LdapDirectoryOptions options, string path) =>
        Servers(options).Concat(Account(options)).Concat(Filters(options)).Concat(Domains(options)).Concat(Attributes(options)).Concat(Bounds(options))
            .Select(error => $"{path}:{error}");

    private static IEnumerable<string> Servers(LdapDirectoryOptions options)
    {
        if (LibLdap.Problem is { } missing)
        {
            yield return $"{nameof(options.Servers)}: {missing}.";
        }

        if (options.Servers.Count == 0)
        {
            yield return $"{nameof(options.Servers)}: is empty; name at least one, as ldaps://host or ldap://host.";
        }

        foreach (var server in options.Servers)
        {
            if (!LdapServerAddress.TryParse(server, out var address))
            {
                yield return $"{nameof(options.Servers)}: '{server}' is not of the form ldap://host[:port] or ldaps://host[:port].";
            }
            else if (options.StartTls && address.IsTls)
            {
                yield return $"{nameof(options.StartTls)}: '{server}' speaks TLS from the start; write ldap:// or leave {nameof(options.StartTls)} out.";
            }
        }

        if (options.Authorities.Length > 0 && FindProblem(options.Authorities) is { } problem)
        {
            yield return $"{nameof(options.Authorities)}: {problem}.";
        }
    }

    private static IEnumerable<string> Account(LdapDirectoryOptions options)
    {
        if (options.Base.Length == 0)
        {
            yield return $"{nameof(options.Base)}: is empty; name the entry below which the users are, like ou=people,dc=example,dc=org.";
        }

        if (options.BindDn.Length > 0 != options.BindPasswordFile.Length > 0)
        {
            yield return options.BindDn.Length > 0
                ? $"{nameof(options.BindPasswordFile)}: name the file that holds the password of '{options.BindDn}'."
                : $"{nameof(options.BindDn)}: there is a {nameof(options.BindPasswordFile)}, so name the account it belongs to.";
        }
        else if (options.BindPasswordFile.Length > 0 && ServiceAccount.FindProblem(options.BindPasswordFile) is { } problem)
        {
            yield return $"{nameof(options.BindPasswordFile)}: {problem}.";
        }
    }

    private static IEnumerable<string> Filters(LdapDirectoryOptions options)
    {
        foreach (var (name, text, isUsers) in new[]
        {
            (nameof(options.UserFilter), options.UserFilter, true), (nameof(options.AddressFilter), options.AddressFilter, true),
            (nameof(options.DomainFilter), options.DomainFilter, false),
        })
        {
            if (!isUsers && text.Length == 0)
            {
                continue;
            }

            if (!FilterTemplate.TryParse(text, out var template, out var error))
            {
                yield return $"{name}: '{text}' {error}.";
            }
            else if (isUsers ? !template.NamesUser : !template.NamesDomain || template.NamesUser)
            {
                yield return isUsers ? $"{name}: '{text}' finds the same for everybody; it must hold {{user}} or {{local}}." : $"{name}: '{text}' must hold {{domain}}, and neither {{user}} nor {{local}}.";
            }
        }
    }

    private static IEnumerable<string> Domains(LdapDirectoryOptions options)
    {
        if (options.Domains.Count == 0 && options.DomainFilter.Length == 0)
        {
            yield return $"{nameof(options.Domains)}: is empty, and so is {nameof(options.DomainFilter)}; mail for others' domains could not be told from mail for nobody.";
        }

        foreach (var domain in options.Domains.Append(options.DefaultDomain).Where(domain => domain.Length > 0 && AddressName.ParseDomain(domain) is null))
        {
            yield return $"{(domain == options.DefaultDomain ? nameof(options.DefaultDomain) : nameof(options.Domains))}: '{domain}' is no domain.";
        }
    }

    private static IEnumerable<string> Attributes(LdapDirectoryOptions options)
    {
        if (options.Name.Length == 0)
        {
            yield return $"{nameof(options.Name)}: is empty; name the attribute that holds a user's name, like mail.";
        }

        var single = new[]
        {
            (nameof(options.Name), options.Name), (nameof(options.Home), options.Home), (nameof(options.Member), options.Member), (nameof(options.Disabled), options.Disabled),
            (nameof(options.Expired), options.Expired), (nameof(options.Quota), options.Quota), (nameof(options.MayActAs), options.MayActAs),
            (nameof(options.AppPasswords), options.AppPasswords),
        };
        foreach (var (name, attribute) in single
            .Concat(options.Passwords.Select(one => (nameof(options.Passwords), one)))
            .Concat(options.Attributes.Select(one => (nameof(options.Attributes), one)))
            .Where(one => one.Item2.Length > 0 && !AttributeName().IsMatch(one.Item2)))
        {
            yield return $"{name}: '{attribute}' is not the name of an attribute.";
        }

        if (options.AppPasswords.Length > 0 && options.Mode != LdapMode.Hash)
        {
            yield return $"{nameof(options.AppPasswords)}: is read in mode hash only, since a server binds by userPassword; set {nameof(options.Mode)} to hash or leave it out.";
        }
        else if (options.AppPasswords.Length > 0 && options.Passwords.Contains(options.AppPasswords, StringComparer.OrdinalIgnoreCase))
        {
            yield return $"{nameof(options.AppPasswords)}: '{options.AppPasswords}' is in {nameof(options.Passwords)} too; its values can be of one form only.";
        }
    }

    private static IEnumerable<string> Bounds(LdapDirectoryOptions options)
    {
        foreach (var (name, number, most) in new[]
        {
            (nameof(options.Connections), options.Connections, 256), (nameof(options.Waiting), options.Waiting, 100_000), (nameof(options.Members), options.Members, 100_000),
        })
        {
            if (number < 1 || number > most)
            {
                yield return $"{name}: must be 1 to {most}.";
            }
        }

        foreach (var (name, span) in new[]
        {
            (nameof(options.Timeout), options.Timeout), (nameof(options.ConnectTimeout), options.ConnectTimeout), (nameof(options.Budget), options.Budget),
            (nameof(options.IdleLimit), options.IdleLimit), (nameof(options.LongestPause), options.LongestPause),
        })
        {
            if (span < TimeSpan.FromMilliseconds(100) || span > TimeSpan.FromHours(1))
            {
                yield return $"{name}: must be 00:00:00.1 to 01:00:00.";
            }
        }
    }

    private static string? FindProblem(string authorities)
    {
        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPemFile(authorities);
            return certificates.Count > 0 ? null : $"there is no certificate in '{authorities}'";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return $"'{authorities}' cannot be read: {exception.Message}";
        }
    }

    // RFC 4512 2.5, without options.
    [GeneratedRegex("^([A-Za-z][A-Za-z0-9-]*|[0-9]+(\\.[0-9]+)+)$")]
    private static partial Regex AttributeName();
}
