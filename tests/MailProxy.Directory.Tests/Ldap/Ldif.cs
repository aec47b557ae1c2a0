using System.Text;
using MailProxy.Directory.Tests.Proofs;

namespace MailProxy.Directory.Tests.Ldap;

/// <summary>Content for slapd (RFC 2849): every value in base64, so that any will do.</summary>
internal static class Ldif
{
    public const string People = "ou=people,dc=example,dc=org";

    /// <summary>The tree, the service account, a domain, and the users that most tests ask about. Everybody's password is "secret".</summary>
    public static string Example { get; } = Tree + Domain("example.org") + Domain("example.net")
        + User("alice", ("userPassword", "secret"), ("mailProxyHome", "store-1"), ("mailProxyAlias", "al@example.org"), ("mailProxyQuota", "10G"),
            ("mailProxyAllowNets", "192.0.2.0/24"), ("mailProxyAllowNets", "10.0.0.0/8"), ("mailProxyMayActAs", "bob@example.org"), ("mailProxyMayActAs", "dan@example.org"))
        + User("bob", ("userPassword", "secret"), ("mailProxyPassword", "{PLAIN}telephone"), ("mailProxyPassword", "{PLAIN}tablet"))
        + User("erin", ("userPassword", "secret"), ("mailProxyAppPassword", "telephone:imap,Submission:{PLAIN}phone:1"), ("mailProxyAppPassword", "tablet::{PLAIN}tab"), ("mailProxyExpired", "TRUE"))
        + User("robot", ("mailProxyAppPassword", "fetch:pop3:{PLAIN}robot"))
        + User("garbled", ("userPassword", "secret"), ("mailProxyAppPassword", "{PLAIN}hunter2"))
        + User("dan", ("userPassword", "secret"), ("mailProxyDisabled", "TRUE"))
        + User("carol", ("userPassword", "secret"), ("mailProxyExpired", "TRUE"))
        + User("long", ("userPassword", new string('x', 8192)))
        + User("keys", ("mailProxyPassword", ScramLogin.Keys("secret")))
        + User("hashed", ("userPassword", "{SSHA}" + Ssha("secret")))
        + User("nopassword")
        + User("twin", ("userPassword", "secret")) + User("other", ("userPassword", "secret"), ("mail", "twin@example.org"))
        + Group("team", "team@example.org", "alice@example.org", "bob@example.org", "ghost@example.org")
        + Group("all", "all@example.org", "team@example.org", $"cn=dan,{People}")
        + Group("circle", "circle@example.org", "circle@example.org", "all@example.org")
        + Group("empty", "empty@example.org", "ghost@example.org");

    private static string Tree =>
        Entry("dc=example,dc=org", ("objectClass", "domain"), ("dc", "example"))
        + Entry(People, ("objectClass", "organizationalUnit"), ("ou", "people"))
        + Entry("ou=domains,dc=example,dc=org", ("objectClass", "organizationalUnit"), ("ou", "domains"))
        + Entry(SlapdServer.ServiceDn, ("objectClass", "person"), ("cn", "proxy"), ("sn", "proxy"), ("userPassword", "service password"));

    /// <summary>The tree and further entries.</summary>
    public static string With(params IEnumerable<string> entries) => Tree + string.Concat(entries);

    public static string User(string name, params (string Attribute, string Value)[] more) => UserOf($"cn={name},{People}", name, $"{name}@example.org", more);

    public static string UserOf(string dn, string cn, string mail, params (string Attribute, string Value)[] more) =>
        Entry(dn, [("objectClass", "inetOrgPerson"), ("objectClass", "mailProxyUser"), ("cn", cn), ("sn", "x"), ("uid", cn), ("mail", mail), .. more]);

    public static string Group(string cn, string address, params string[] members) =>
        Entry($"cn={cn},{People}", [("objectClass", "mailProxyGroup"), ("cn", cn), ("mailProxyAlias", address), .. members.Select(member => ("mailProxyMember", member))]);

    public static string Domain(string name) =>
        Entry($"dc={name},ou=domains,dc=example,dc=org", ("objectClass", "domain"), ("dc", name));

    public static string Entry(string dn, params (string Attribute, string Value)[] values)
    {
        var text = new StringBuilder();
        foreach (var (attribute, value) in values.Prepend(("dn", dn)))
        {
            text.Append(attribute).Append(":: ").Append(Convert.ToBase64String(Encoding.UTF8.GetBytes(value))).Append('\n');
        }

        return text.Append('\n').ToString();
    }

    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5350", Justification = "The scheme is slapd's.")]
    private static string Ssha(string password)
    {
        byte[] salt = [1, 2, 3, 4, 5, 6, 7, 8];
        return Convert.ToBase64String([.. System.Security.Cryptography.SHA1.HashData([.. Encoding.UTF8.GetBytes(password), .. salt]), .. salt]);
    }
}
