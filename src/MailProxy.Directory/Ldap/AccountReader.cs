using System.Collections.Frozen;
using System.Globalization;

namespace MailProxy.Directory.Ldap;

/// <summary>Makes accounts of entries, by the attributes that the options name. Pure.</summary>
internal sealed class AccountReader(LdapDirectoryOptions options)
{
    // What directories write for "yes": RFC 4517 3.3.3, and what people type.
    private static readonly string[] Yes = ["TRUE", "yes", "1"];

    private readonly string[] _passwords = options.Mode != LdapMode.Hash ? [] : options.Passwords.Count > 0 ? [.. options.Passwords] : ["userPassword"];

    /// <summary>Everything to ask for; nothing else is.</summary>
    public string[] Attributes { get; } = [.. new[] { options.Name, options.Home, options.Member, options.Disabled, options.Expired, options.Quota, options.MayActAs }
        .Concat(options.Attributes)
        .Concat(options.Mode != LdapMode.Hash ? [] : options.Passwords.Count > 0 ? options.Passwords : ["userPassword"])
        .Append(options.Mode == LdapMode.Hash ? options.AppPasswords : "")
        .Where(name => name.Length > 0)
        .Distinct(StringComparer.OrdinalIgnoreCase)];

    /// <summary>The account; null when the entry has no name, or one that is none.</summary>
    public LdapAccount? Read(LdapEntry entry)
    {
        // A server may give several values in any order (RFC 4511 4.5.2): always the same one must count.
        var name = entry[options.Name].Select(value => LdapName.Parse(value, options.DefaultDomain)?.Text).Where(value => value is not null).Order(StringComparer.Ordinal).FirstOrDefault();
        if (name is null)
        {
            return null;
        }

        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var attribute in options.Attributes.Where(attribute => entry[attribute].Length > 0))
        {
            attributes[attribute.ToLowerInvariant()] = string.Join(',', entry[attribute]);
        }

        if (entry[options.Quota] is [var quota, ..])
        {
            attributes["quota"] = quota;
        }

        var user = new DirectoryUser(name, entry[options.Home] is [{ Length: > 0 } home, ..] ? home : null, attributes.ToFrozenDictionary(StringComparer.Ordinal));
        return new LdapAccount(
            user, entry.Dn, Says(entry[options.Disabled], options.DisabledValues), Says(entry[options.Expired], options.ExpiredValues), entry[options.MayActAs],
            [.. _passwords.SelectMany(attribute => entry[attribute])],
            options.Mode == LdapMode.Hash ? entry[options.AppPasswords] : []);
    }

    private static bool Says(string[] values, List<string> meant) =>
        values.Any(value => (meant.Count == 0 ? Yes : meant.AsEnumerable()).Any(one => one.Equals(value, StringComparison.OrdinalIgnoreCase) || HasBit(value, one)));

    // Active Directory's userAccountControl: 2 is ACCOUNTDISABLE.
    private static bool HasBit(string value, string meant) =>
        meant.StartsWith('&') && long.TryParse(meant.AsSpan(1), CultureInfo.InvariantCulture, out var bit) && bit != 0
        && long.TryParse(value, CultureInfo.InvariantCulture, out var number) && (number & bit) == bit;
}
