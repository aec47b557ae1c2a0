namespace MailProxy.Directory.Ldap;

/// <summary>How far below the base a search looks (RFC 4511 4.5.1.2).</summary>
public enum LdapScope
{
    /// <summary>At any depth.</summary>
    Subtree,

    /// <summary>Directly below it only.</summary>
    OneLevel,
}
