using System.Text;
using MailProxy.Directory.Ldap;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailProxy.Directory.Tests.Ldap;

/// <summary>The provider against test servers.</summary>
internal static class Directories
{
    /// <summary>Options that suit <see cref="Ldif.Example"/>.</summary>
    public static LdapDirectoryOptions Options(SlapdServer server, LdapMode mode = LdapMode.Bind) => new()
    {
        Servers = [server.Url],
        BindDn = SlapdServer.ServiceDn,
        BindPasswordFile = server.PasswordFile,
        Base = Ldif.People,
        Mode = mode,
        DefaultDomain = "example.org",
        UserFilter = "(&(objectClass=inetOrgPerson)(mail={user}))",
        AddressFilter = "(|(mail={user})(mailProxyAlias={user}))",
        DomainBase = "ou=domains,dc=example,dc=org",
        DomainFilter = "(dc={domain})",
        Home = "mailProxyHome",
        Member = "mailProxyMember",
        Disabled = "mailProxyDisabled",
        Expired = "mailProxyExpired",
        Quota = "mailProxyQuota",
        MayActAs = "mailProxyMayActAs",
        Passwords = ["userPassword", "mailProxyPassword"],
        AppPasswords = mode == LdapMode.Hash ? "mailProxyAppPassword" : "",
        Attributes = ["mailProxyAllowNets"],
        Connections = 4,
        Timeout = TimeSpan.FromSeconds(1),
        ConnectTimeout = TimeSpan.FromSeconds(1),
        Budget = TimeSpan.FromSeconds(4),
        LongestPause = TimeSpan.FromSeconds(0.5),
    };

    public static async Task<LdapUserDirectory> StartAsync(LdapDirectoryOptions options)
    {
        var directory = new LdapUserDirectory(options, NullLogger<LdapUserDirectory>.Instance, TimeProvider.System);
        await directory.StartAsync(CancellationToken.None);
        return directory;
    }

    public static async Task<AuthenticationResult> LoginAsync(
        this LdapUserDirectory directory, string name, string password, string actAs = "", string protocol = "imap", CancellationToken cancellationToken = default)
    {
        using var secret = new Secret(Encoding.UTF8.GetBytes(password));
        return await directory.AuthenticateAsync(new AuthenticationRequest(name, actAs, secret, "PLAIN", protocol, null, true), cancellationToken);
    }

    /// <summary>Asks until the answer is this one.</summary>
    public static async Task<AuthenticationResult> LoginUntilAsync(this LdapUserDirectory directory, AuthenticationOutcome outcome, string name, string password)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var end = Environment.TickCount64 + 20_000;
        while (true)
        {
            var result = await directory.LoginAsync(name, password);
            if (result.Outcome == outcome || Environment.TickCount64 > end)
            {
                return result;
            }

            await timer.WaitForNextTickAsync();
        }
    }
}
