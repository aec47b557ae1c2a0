namespace MailProxy.Directory.Ldap;

/// <summary>Who compares the password.</summary>
public enum LdapMode
{
    /// <summary>The server: the user's entry is looked for, then bound as (RFC 4513 5.1.3).</summary>
    Bind,

    /// <summary>The proxy, with the hashes that the entry holds (RFC 4519 2.41): the service account must be allowed to read them.</summary>
    Hash,
}
