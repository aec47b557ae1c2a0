using System.Text;
using MailProxy.Proxy.Tests.Rig;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.Proxy.Tests.Relay;

public abstract class SubmissionSuite(RigTransport on)
{
    private static readonly string Alice = Convert.ToBase64String(Encoding.UTF8.GetBytes("\0alice@example.org\0secret"));

    [Fact]
    public async Task Mail_before_login_is_refused_and_login_opens_the_relay_for_our_users()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-2", 24);
        var client = await rig.ConnectAsync(MailProtocol.Submission);
        await client.ExpectAsync("220 mail.example.org ESMTP");
        await client.SendLineAsync("EHLO laptop");
        Assert.Contains("250-AUTH PLAIN LOGIN", string.Join('\n', await client.ExpectUntilAsync("250 *")).Replace("250 AUTH", "250-AUTH", StringComparison.Ordinal), StringComparison.Ordinal);
        await client.SendLineAsync("MAIL FROM:<alice@example.org>");
        await client.ExpectAsync("530 5.7.0 *");
        await client.SendLineAsync($"AUTH PLAIN {Alice}");
        await client.ExpectAsync("235 2.7.0 *");
        await client.SendLineAsync("MAIL FROM:<alice@example.org>");
        await client.ExpectAsync("250 *");
        await client.SendLineAsync("RCPT TO:<bob@example.org>");
        var proxy = await store.AcceptLmtpAsync();
        await proxy.TakeRecipientAsync("bob@example.org");
        await client.ExpectAsync("250 *");
        await client.SendLineAsync("RCPT TO:<friend@elsewhere.example>");
        await client.ExpectAsync("550 5.7.1 *");
        await client.SendLineAsync("DATA");
        var data = proxy.TakeDataAsync();
        await client.ExpectAsync("354 *");
        await client.SendAsync("Subject: x\r\n\r\nhi\r\n.\r\n");
        Assert.Contains(await data, line => line.Contains("with ESMTPA id", StringComparison.Ordinal));
        await proxy.SendLineAsync("250 OK");
        await client.ExpectAsync("250 *");
    }

    [Fact]
    public async Task A_home_store_that_takes_submission_gets_the_session()
    {
        await using var rig = new ProxyRig(on);
        rig.Router.AddStore("store-1", submission: true);
        await using var store = await rig.StoreAsync("store-1", 587);
        var client = await rig.ConnectAsync(MailProtocol.Submission);
        await client.ExpectAsync("220 *");
        await client.SendLineAsync("EHLO laptop");
        await client.ExpectUntilAsync("250 *");
        await client.SendLineAsync("AUTH LOGIN");
        await client.ExpectAsync("334 VXNlcm5hbWU6");
        await client.SendLineAsync(Convert.ToBase64String("alice@example.org"u8));
        await client.ExpectAsync("334 UGFzc3dvcmQ6");
        await client.SendLineAsync(Convert.ToBase64String("secret"u8));
        var proxy = await store.AcceptOneAsync();
        await proxy.SendLineAsync("220 store ESMTP");
        await proxy.ExpectAsync("EHLO mail.example.org");
        await proxy.SendAsync("250-store\r\n250 AUTH PLAIN\r\n");
        await proxy.ExpectAsync("AUTH PLAIN *");
        await proxy.SendLineAsync("235 2.7.0 in");
        await client.ExpectAsync("235 2.7.0 *");
        await client.SendLineAsync("MAIL FROM:<alice@example.org>");
        await proxy.ExpectAsync("MAIL FROM:<alice@example.org>");
    }

    [Theory]
    [InlineData("AUTH PLAIN", "503 *", false)]
    [InlineData("AUTH", "501 *", true)]
    [InlineData("AUTH CRAM-MD5", "504 *", true)]
    [InlineData("AUTH PLAIN !!!", "501 *", true)]
    [InlineData("AUTH PLAIN =", "501 *", true)]
    [InlineData("DATA", "530 *", true)]
    [InlineData("XYZZY", "502 *", true)]
    public async Task Commands_that_are_wrong_before_login(string command, string reply, bool hello)
    {
        await using var rig = new ProxyRig(on);
        var client = await rig.ConnectAsync(MailProtocol.Submission);
        await client.ExpectAsync("220 *");
        if (hello)
        {
            await client.SendLineAsync("EHLO laptop");
            await client.ExpectUntilAsync("250 *");
        }

        await client.SendLineAsync(command);
        await client.ExpectAsync(reply);
    }

    [Fact]
    public async Task A_smarthost_takes_what_is_not_ours()
    {
        await using var rig = new ProxyRig(on);
        await using var smarthost = await rig.StoreAsync("smart", 2525);
        rig.Relay.Smarthost = rig.HostAndPortOf("smart", 2525);
        rig.Relay.SmarthostTls = Routing.Catalog.StoreTlsMode.None;
        var client = await rig.ConnectAsync(MailProtocol.Submission);
        await client.ExpectAsync("220 *");
        await client.SendLineAsync("EHLO laptop");
        await client.ExpectUntilAsync("250 *");
        await client.SendLineAsync($"AUTH PLAIN {Alice}");
        await client.ExpectAsync("235 *");
        await client.SendLineAsync("MAIL FROM:<alice@example.org>");
        await client.ExpectAsync("250 *");
        await client.SendLineAsync("RCPT TO:<friend@elsewhere.example>");
        var proxy = await smarthost.AcceptOneAsync();
        await proxy.SendLineAsync("220 smart ESMTP");
        await proxy.ExpectAsync("EHLO mail.example.org");
        await proxy.SendLineAsync("250 smart");
        await proxy.ExpectAsync("MAIL FROM:<alice@example.org>");
        await proxy.SendLineAsync("250 OK");
        await proxy.TakeRecipientAsync("friend@elsewhere.example");
        await client.ExpectAsync("250 *");
        await client.SendLineAsync("DATA");
        var data = proxy.TakeDataAsync();
        await client.ExpectAsync("354 *");
        await client.SendAsync("Subject: x\r\n\r\nhi\r\n.\r\n");
        await data;
        await proxy.SendLineAsync("250 queued");
        await client.ExpectAsync("250 *");
    }

    [Fact]
    public async Task Commands_in_clear_behind_starttls_end_the_session()
    {
        await using var rig = new ProxyRig(on);
        foreach (var protocol in new[] { MailProtocol.Submission, MailProtocol.Mx })
        {
            var client = await rig.ConnectAsync(protocol);
            await client.ExpectAsync("220 *");
            await client.SendLineAsync("EHLO laptop");
            await client.ExpectUntilAsync("250 *");
            await client.SendAsync("STARTTLS\r\nMAIL FROM:<evil@example.net>\r\n");
            await client.ExpectAsync("220 *");
            await AssertNoMoreThanGoodbyeAsync(client);
        }
    }

    private static async Task AssertNoMoreThanGoodbyeAsync(DialogueClient client)
    {
        if (await client.ReadLineAsync() is { } line)
        {
            Assert.StartsWith("421 ", line, StringComparison.Ordinal);
            await client.ExpectGoneAsync();
        }
    }
}
