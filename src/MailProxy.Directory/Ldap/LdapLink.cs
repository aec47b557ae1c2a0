using System.DirectoryServices.Protocols;

namespace MailProxy.Directory.Ldap;

/// <summary>An open connection, and since when it rests.</summary>
internal readonly record struct LdapLink(LdapConnection Connection, long RestsSince);
