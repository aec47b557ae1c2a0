namespace MailProxy.Directory.Ldap;

/// <summary>There is no answer now: never a verdict on a user or a password.</summary>
internal sealed class LdapFaultException(LdapFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What kind of fault.</summary>
    public LdapFault Fault => fault;
}
