using MailProxy.Directory.File;

namespace MailProxy.Directory.Ldap;

/// <summary>A name as it is put into filters: lower case, without controls and blanks.</summary>
/// <param name="Local">Left of the at sign.</param>
/// <param name="Domain">Right of it; empty for a name without one.</param>
internal sealed record LdapName(string Local, string Domain)
{
    /// <summary>All of it.</summary>
    public string Text => Domain.Length == 0 ? Local : $"{Local}@{Domain}";

    /// <summary>Judges what somebody wrote; null if it is no name.</summary>
    /// <param name="text">As written.</param>
    /// <param name="defaultDomain">For names without a domain (lower case); empty: they are names as they are.</param>
    public static LdapName? Parse(string text, string defaultDomain)
    {
        // A domain that no name can have stands in for the one that is missing: the local part is judged all the same.
        var isBare = defaultDomain.Length == 0 && !text.Contains('@', StringComparison.Ordinal);
        return AddressName.Parse(text, isBare ? "" : defaultDomain.Length == 0 ? null : defaultDomain) is { } name ? new LdapName(name.Local, name.Domain) : null;
    }

    /// <summary><c>user+detail@domain</c> without the detail (RFC 5233); null if there is none.</summary>
    public LdapName? WithoutDetail() => new AddressName(Local, Domain).WithoutDetail() is { } plain ? new LdapName(plain.Local, plain.Domain) : null;
}
