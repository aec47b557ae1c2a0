using MailProxy.Directory.Ldap;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.Directory.Tests.Ldap;

/// <summary>Certificates are verified, and so are names; what fails is temporary and says what to look at.</summary>
public sealed class LdapTlsTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Logins_work_over_tls(bool isImplicit)
    {
        await using var server = await StartedAsync();
        foreach (var mode in new[] { LdapMode.Bind, LdapMode.Hash })
        {
            await using var directory = await Directories.StartAsync(Options(server, isImplicit, server.AuthoritiesFile, mode));
            Assert.Null(directory.Unreadiness);
            Assert.Equal(AuthenticationOutcome.Authenticated, (await directory.LoginAsync("alice", "secret")).Outcome);
            Assert.Equal(AuthenticationOutcome.WrongPassword, (await directory.LoginAsync("alice", "wrong")).Outcome);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_certificate_of_another_authority_is_refused(bool isImplicit)
    {
        using var folder = new TempDirectory();
        await System.IO.File.WriteAllTextAsync(folder.File("other.pem"), new TestAuthority().Authorities[0].ExportCertificatePem(), TestContext.Current.CancellationToken);
        await using var server = await StartedAsync();

        await RefusedAsync(Options(server, isImplicit, folder.File("other.pem")), "its certificate must be for '127.0.0.1' and of a CA in");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Without_a_list_the_systems_own_is_used(bool isImplicit)
    {
        await using var server = await StartedAsync();
        await RefusedAsync(Options(server, isImplicit, ""), "of a CA in the system's list");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_certificate_for_another_host_is_refused(bool isImplicit)
    {
        await using var server = await StartedAsync("ldap.example.org");
        await RefusedAsync(Options(server, isImplicit, server.AuthoritiesFile), "its certificate must be for '127.0.0.1'");
    }

    [Fact]
    public async Task StartTls_is_not_left_out_when_the_server_has_none()
    {
        await using var server = SlapdServer.Create(Ldif.Example);
        await server.StartAsync();
        var options = Directories.Options(server);
        options.StartTls = true;
        await RefusedAsync(options, "StartTLS failed");
    }

    [Fact]
    public async Task Two_directories_trust_their_own_authorities()
    {
        await using var one = await StartedAsync();
        await using var two = await StartedAsync();
        await using var first = await Directories.StartAsync(Options(one, isImplicit: true, one.AuthoritiesFile));
        await using var second = await Directories.StartAsync(Options(two, isImplicit: true, two.AuthoritiesFile));
        await using var wrong = await Directories.StartAsync(Options(two, isImplicit: true, one.AuthoritiesFile));

        Assert.Equal(AuthenticationOutcome.Authenticated, (await first.LoginAsync("alice", "secret")).Outcome);
        Assert.Equal(AuthenticationOutcome.Authenticated, (await second.LoginAsync("alice", "secret")).Outcome);
        Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, (await wrong.LoginAsync("alice", "secret")).Outcome);
    }

    private static async Task RefusedAsync(LdapDirectoryOptions options, string text)
    {
        await using var directory = await Directories.StartAsync(options);
        Assert.Contains(text, directory.Unreadiness, StringComparison.Ordinal);
        Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, (await directory.LoginAsync("alice", "secret")).Outcome);
    }

    private static LdapDirectoryOptions Options(SlapdServer server, bool isImplicit, string authorities, LdapMode mode = LdapMode.Bind)
    {
        var options = Directories.Options(server, mode);
        (options.StartTls, options.Authorities) = (!isImplicit, authorities);
        options.Servers = [isImplicit ? $"ldaps://127.0.0.1:{server.TlsPort}" : server.Url];
        return options;
    }

    private static async Task<SlapdServer> StartedAsync(params string[] names)
    {
        var server = SlapdServer.Create(Ldif.Example, new TestAuthority(), names);
        await server.StartAsync();
        return server;
    }
}
