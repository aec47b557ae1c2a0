using System.DirectoryServices.Protocols;
using System.Text;

namespace MailProxy.Directory.Ldap;

/// <summary>An entry that was found: plain values, away from the library.</summary>
/// <param name="Dn">Its name.</param>
/// <param name="Values">By attribute; the case does not count.</param>
internal sealed record LdapEntry(string Dn, IReadOnlyDictionary<string, string[]> Values)
{
    /// <summary>An attribute's values; none if its name is empty or the entry lacks it.</summary>
    public string[] this[string attribute] => Values.GetValueOrDefault(attribute) ?? [];

    /// <summary>Takes the library's entry over.</summary>
    public static LdapEntry From(SearchResultEntry entry)
    {
        var values = new Dictionary<string, string[]>(StringComparer.OrdinalIgnoreCase);
        foreach (string name in entry.Attributes.AttributeNames)
        {
            values[name] = [.. entry.Attributes[name].GetValues(typeof(byte[])).Select(octets => Encoding.UTF8.GetString((byte[])octets))];
        }

        return new LdapEntry(entry.DistinguishedName, values);
    }

    /// <summary>Its DN and nothing of its attributes: there may be passwords.</summary>
    public override string ToString() => Dn;
}
