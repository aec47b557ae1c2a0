using System.Text;
using MailProxy.Store.Access;
using MailProxy.Store.Tests.Serving;
using Xunit;

namespace MailProxy.Store.Tests.Access;

public sealed class StoreAccessTests : IDisposable
{
    private readonly TemporaryFile _password = new("master password\nsecond line\n");

    public void Dispose() => _password.Dispose();

    [Fact]
    public async Task A_trusted_certificate_acts_for_the_user_it_names()
    {
        await using var pair = await ConnectionPair.ConnectWithTlsAsync(Certificates.Proxy);
        var result = Access().Authenticate("external", "Alice@Example.ORG"u8, pair.ServerTls);
        Assert.Equal(AccessOutcome.Granted, result.Outcome);
        Assert.Equal("alice@example.org", result.User);
        Assert.Equal("EXTERNAL by proxy-1", result.Detail);
        Assert.Equal(["EXTERNAL"], Access().Mechanisms(pair.ServerTls));
        Assert.True(Access().IsTrusted(pair.ServerTls));
    }

    [Fact]
    public async Task A_dns_name_of_the_certificate_is_as_good_as_its_common_name()
    {
        await using var pair = await ConnectionPair.ConnectWithTlsAsync(Certificates.DnsNamedClient);
        Assert.Equal(AccessOutcome.Granted, Access().Authenticate("EXTERNAL", "alice@example.org"u8, pair.ServerTls).Outcome);
    }

    [Fact]
    public async Task External_in_clear_is_refused()
    {
        await using var pair = await ConnectionPair.ConnectAsync();
        AssertNoExternal(pair);
        Assert.Equal(AccessOutcome.NotOffered, Access().Authenticate("EXTERNAL", "alice@example.org"u8, null).Outcome);
    }

    [Fact]
    public async Task External_without_a_certificate_is_refused()
    {
        await using var pair = await ConnectionPair.ConnectWithTlsAsync(null);
        AssertNoExternal(pair);
    }

    [Fact]
    public async Task External_with_a_verified_certificate_of_someone_else_is_refused()
    {
        await using var pair = await ConnectionPair.ConnectWithTlsAsync(Certificates.OtherClient);
        Assert.NotNull(pair.ServerTls.VerifiedPeerCertificate);
        AssertNoExternal(pair);
    }

    [Fact]
    public async Task External_must_name_a_user()
    {
        await using var pair = await ConnectionPair.ConnectWithTlsAsync(Certificates.Proxy);
        var result = Access().Authenticate("EXTERNAL", [], pair.ServerTls);
        Assert.Equal(AccessOutcome.Refused, result.Outcome);
        Assert.Equal("", result.User);
    }

    [Theory]
    [InlineData("alice")]
    [InlineData("alice@")]
    [InlineData("@example.org")]
    [InlineData("alice@example.org\0")]
    [InlineData("alice\r\n@example.org")]
    [InlineData("alice@example.org\nx")]
    [InlineData("al\u0085ice@example.org")]
    [InlineData("\"al\tice\"@example.org")]
    [InlineData("alice@example.org> X")]
    [InlineData("../../etc@example.org/..")]
    public async Task External_with_anything_but_a_mailbox_is_malformed(string identity)
    {
        await using var pair = await ConnectionPair.ConnectWithTlsAsync(Certificates.Proxy);
        var result = Access().Authenticate("EXTERNAL", Encoding.UTF8.GetBytes(identity), pair.ServerTls);
        Assert.Equal(AccessOutcome.Malformed, result.Outcome);
        Assert.Equal("", result.User);
        Assert.DoesNotContain(result.Detail, char.IsControl);
    }

    [Fact]
    public async Task The_master_account_acts_for_the_user_it_names()
    {
        await using var pair = await ConnectionPair.ConnectWithTlsAsync(null);
        var access = Access(masterUser: "proxy");
        Assert.Equal(["PLAIN"], access.Mechanisms(pair.ServerTls));
        var result = access.Authenticate("PLAIN", "bob@example.org\0proxy\0master password"u8, pair.ServerTls);
        Assert.Equal(AccessOutcome.Granted, result.Outcome);
        Assert.Equal("bob@example.org", result.User);
    }

    [Theory]
    [InlineData("bob@example.org\0proxy\0wrong", AccessOutcome.Refused)]
    [InlineData("bob@example.org\0proxy\0master passwor", AccessOutcome.Refused)]
    [InlineData("bob@example.org\0proxy\0master password\nsecond line", AccessOutcome.Malformed)]
    [InlineData("bob@example.org\0other\0master password", AccessOutcome.Refused)]
    [InlineData("\0proxy\0master password", AccessOutcome.Refused)]
    [InlineData("bob@example.org\0proxy\0", AccessOutcome.Malformed)]
    [InlineData("bob\r@example.org\0proxy\0master password", AccessOutcome.Malformed)]
    [InlineData("bob\0proxy\0master password", AccessOutcome.Malformed)]
    [InlineData("", AccessOutcome.Malformed)]
    public async Task Anything_else_is_not_let_in(string message, AccessOutcome expected)
    {
        await using var pair = await ConnectionPair.ConnectWithTlsAsync(null);
        var result = Access(masterUser: "proxy").Authenticate("PLAIN", Encoding.UTF8.GetBytes(message), pair.ServerTls);
        Assert.Equal(expected, result.Outcome);
        Assert.Equal("", result.User);
        Assert.DoesNotContain("password", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_attempt_leaves_nothing_behind()
    {
        await using var pair = await ConnectionPair.ConnectWithTlsAsync(null);
        var access = Access(masterUser: "proxy");
        for (var attempt = 0; attempt < 2; attempt++)
        {
            Assert.Equal(AccessOutcome.Refused, access.Authenticate("PLAIN", "bob@example.org\0proxy\0wrong"u8, pair.ServerTls).Outcome);
            Assert.Equal(AccessOutcome.Granted, access.Authenticate("PLAIN", "bob@example.org\0proxy\0master password"u8, pair.ServerTls).Outcome);
        }
    }

    [Fact]
    public async Task The_master_account_is_not_offered_in_clear_unless_that_is_allowed()
    {
        await using var pair = await ConnectionPair.ConnectAsync();
        Assert.Empty(Access(masterUser: "proxy").Mechanisms(pair.ServerTls));
        Assert.Equal(
            AccessOutcome.NotOffered,
            Access(masterUser: "proxy").Authenticate("PLAIN", "bob@example.org\0proxy\0master password"u8, pair.ServerTls).Outcome);
        Assert.Equal(["PLAIN"], Access(masterUser: "proxy", allowClearText: true).Mechanisms(pair.ServerTls));
    }

    [Fact]
    public async Task Without_a_master_account_plain_is_not_offered()
    {
        await using var pair = await ConnectionPair.ConnectWithTlsAsync(null);
        Assert.Equal(AccessOutcome.NotOffered, Access().Authenticate("PLAIN", "bob@example.org\0\0"u8, pair.ServerTls).Outcome);
        Assert.Equal(AccessOutcome.NotOffered, Access().Authenticate("LOGIN", "x"u8, pair.ServerTls).Outcome);
    }

    [Fact]
    public async Task Mail_is_taken_from_trusted_peers_only_unless_clear_text_is_allowed()
    {
        await using var clear = await ConnectionPair.ConnectAsync();
        await using var proxy = await ConnectionPair.ConnectWithTlsAsync(Certificates.Proxy);
        Assert.False(Access().IsTrusted(clear.Server));
        Assert.True(Access().IsTrusted(proxy.Server));
        Assert.True(Access(allowClearText: true).IsTrusted(clear.Server));
        clear.Server.RemoteEndPoint = new System.Net.IPEndPoint(System.Net.IPAddress.Parse("192.0.2.1"), 1);
        Assert.False(Access(allowClearText: true).IsTrusted(clear.Server));
    }

    private static void AssertNoExternal(ConnectionPair pair)
    {
        Assert.Empty(Access().Mechanisms(pair.ServerTls));
        Assert.False(Access().IsTrusted(pair.ServerTls));
        var result = Access().Authenticate("EXTERNAL", "alice@example.org"u8, pair.ServerTls);
        Assert.Equal(AccessOutcome.NotOffered, result.Outcome);
        Assert.Equal("", result.User);
    }

    private static StoreAccess Access() => new(new AccessOptions { TrustedClients = { "Proxy-1", "proxy-2.test" } });

    private StoreAccess Access(string masterUser = "", bool allowClearText = false) => new(new AccessOptions
    {
        MasterUser = masterUser,
        MasterPasswordFile = masterUser.Length == 0 ? "" : _password.FullName,
        AllowClearText = allowClearText,
    });
}
