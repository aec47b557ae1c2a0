using System.Text;
using MailProxy.Proxy.Submission;
using MailProxy.Proxy.Tests.Rig;
using MailProxy.Testing;
using MailProxy.Transport.Tls;
using Xunit;

namespace MailProxy.Proxy.Tests.Submission;

public abstract class SubmissionRulesSuite(RigTransport on)
{
    private static readonly string Alice = Convert.ToBase64String(Encoding.UTF8.GetBytes("\0alice@example.org\0secret"));

    [Theory]
    [InlineData(SenderRule.Own, "alice@example.org", "250 *")]
    [InlineData(SenderRule.Own, "Alice@Example.ORG", "250 *")]
    [InlineData(SenderRule.Own, "team@example.org", "250 *")] // an alias with her behind it
    [InlineData(SenderRule.Own, "", "250 *")]
    [InlineData(SenderRule.Own, "bob@example.org", "553 5.7.1 This sender address is not yours.")]
    [InlineData(SenderRule.Own, "nobody@example.org", "553 5.7.1 This sender address is not yours.")]
    [InlineData(SenderRule.Own, "alice@elsewhere.example", "553 5.7.1 This sender address is not yours.")]
    [InlineData(SenderRule.OwnDomain, "bob@example.org", "250 *")]
    [InlineData(SenderRule.OwnDomain, "alice@elsewhere.example", "553 5.7.1 *")]
    [InlineData(SenderRule.Any, "alice@elsewhere.example", "250 *")]
    public async Task The_sender_must_be_the_users_by_the_rule(SenderRule rule, string sender, string reply)
    {
        await using var rig = new ProxyRig(on) { Submission = { Sender = rule } };
        var client = await LogInAsync(rig);
        await client.SendLineAsync($"MAIL FROM:<{sender}>");
        await client.ExpectAsync(reply);
    }

    [Fact]
    public async Task A_directory_that_cannot_say_puts_the_message_off()
    {
        await using var rig = new ProxyRig(on);
        var client = await LogInAsync(rig);
        rig.DirectoryIsAway = true;
        await client.SendLineAsync("MAIL FROM:<team@example.org>");
        await client.ExpectAsync("451 4.4.3 *");
        rig.DirectoryIsAway = false;
        await client.SendLineAsync("MAIL FROM:<team@example.org>");
        await client.ExpectAsync("250 *");
    }

    [Fact]
    public async Task Messages_beyond_the_hours_limit_are_put_off_at_mail_and_told_to_the_log()
    {
        await using var rig = new ProxyRig(on) { Submission = { Mode = SubmissionMode.Relay, MessagesPerHour = 2 } };
        var client = await LogInAsync(rig);
        foreach (var reply in new[] { "250 *", "250 *", "450 4.7.1 Too much mail in too short a time, please try again later." })
        {
            await client.SendLineAsync("MAIL FROM:<alice@example.org>");
            await client.ExpectAsync(reply);
            await client.SendLineAsync("RSET");
            await client.ExpectAsync("250 *");
        }

        Assert.Single(rig.Log.Entries, entry => entry.Text.Contains("submission of alice@example.org", StringComparison.Ordinal) && entry.Text.Contains("SubmissionLimited", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Recipients_are_limited_for_each_message_and_within_an_hour()
    {
        await using var rig = new ProxyRig(on) { Submission = { Mode = SubmissionMode.Relay, Recipients = 2, RecipientsPerHour = 3 } };
        await using var store = await rig.StoreAsync("store-1", 24);
        var client = await LogInAsync(rig);
        await client.SendLineAsync("MAIL FROM:<alice@example.org>");
        await client.ExpectAsync("250 *");
        await client.SendLineAsync("RCPT TO:<alice@example.org>");
        var proxy = await store.AcceptLmtpAsync();
        await proxy.TakeRecipientAsync("alice@example.org");
        await client.ExpectAsync("250 *");
        await client.SendLineAsync("RCPT TO:<postmaster@example.org>");
        await proxy.TakeRecipientAsync("postmaster@example.org");
        await client.ExpectAsync("250 *");
        await client.SendLineAsync("RCPT TO:<bob@example.org>");
        await client.ExpectAsync("452 4.5.3 *");
        await client.SendLineAsync("RSET");
        await client.ExpectAsync("250 *");
        await client.SendLineAsync("MAIL FROM:<alice@example.org>");
        await client.ExpectAsync("250 *");
        await client.SendLineAsync("RCPT TO:<nobody@example.org>");
        await client.ExpectAsync("550 5.1.1 *");
        await client.SendLineAsync("RCPT TO:<alice@example.org>");
        await client.ExpectAsync("450 4.7.1 *");
    }

    [Fact]
    public async Task In_relay_mode_the_home_stores_submission_is_not_used_and_the_trace_may_name_the_user()
    {
        await using var rig = new ProxyRig(on) { Submission = { Mode = SubmissionMode.Relay, TraceUser = true } };
        rig.Router.AddStore("store-1", submission: true);
        await using var store = await rig.StoreAsync("store-2", 24);
        var client = await LogInAsync(rig);
        await client.SendLineAsync("EHLO laptop");
        Assert.DoesNotContain(await client.ExpectUntilAsync("250 *"), line => line.Contains("BURL", StringComparison.Ordinal));
        await client.SendLineAsync("MAIL FROM:<alice@example.org>");
        await client.ExpectAsync("250 *");
        await client.SendLineAsync("RCPT TO:<bob@example.org>");
        var proxy = await store.AcceptLmtpAsync();
        await proxy.TakeRecipientAsync("bob@example.org");
        await client.ExpectAsync("250 *");
        await client.SendLineAsync("DATA");
        var data = proxy.TakeDataAsync();
        await client.ExpectAsync("354 *");
        await client.SendAsync("Subject: x\r\n\r\nhi\r\n.\r\n");
        Assert.Contains("\t(authenticated as alice@example.org)", await data);
        await proxy.SendLineAsync("250 OK");
        await client.ExpectAsync("250 *");
    }

    [Fact]
    public async Task Of_several_smarthosts_one_that_is_dead_is_passed_over()
    {
        await using var rig = new ProxyRig(on);
        await using var smarthost = await rig.StoreAsync("smart", 2525);
        rig.Relay.Smarthost = $"{rig.HostAndPortOf("dead", 2526)}, {rig.HostAndPortOf("smart", 2525)}";
        rig.Relay.SmarthostTls = Routing.Catalog.StoreTlsMode.None;
        var client = await LogInAsync(rig);
        for (var message = 0; message < 5; message++)
        {
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
            await client.SendLineAsync("RSET");
            await client.ExpectAsync("250 *");
        }
    }

    [Theory]
    [InlineData("250 OK", "250 2.1.5 *")]
    [InlineData("451 4.3.0 not now", "451 4.4.0 *")]
    [InlineData("550 5.7.1 not from you", "554 5.0.0 *")]
    public async Task A_relay_that_takes_commands_in_a_row_hears_mail_and_the_first_recipient_at_once(string mail, string verdict)
    {
        await using var rig = new ProxyRig(on);
        await using var smarthost = await rig.StoreAsync("smart", 2525);
        rig.Relay.Smarthost = rig.HostAndPortOf("smart", 2525);
        rig.Relay.SmarthostTls = Routing.Catalog.StoreTlsMode.None;
        var client = await LogInAsync(rig);
        var proxy = await NameFriendAsync(client, smarthost);
        await proxy.SendAsync("250-smart\r\n250 PIPELINING\r\n");
        await proxy.ExpectAsync("MAIL FROM:<alice@example.org>");
        await proxy.ExpectAsync("RCPT TO:<friend@elsewhere.example>");
        await proxy.SendAsync($"{mail}\r\n250 2.1.5 OK\r\n");
        await client.ExpectAsync(verdict);
    }

    [Fact]
    public async Task An_account_at_the_relay_logs_in_after_tls()
    {
        await using var rig = new ProxyRig(on);
        await using var smarthost = await rig.StoreAsync("smart", 2525);
        rig.Relay.Smarthost = rig.HostAndPortOf("smart", 2525);
        rig.Relay.User = "proxy";
        var client = await LogInAsync(rig);
        var proxy = await NameFriendAsync(client, smarthost);
        await proxy.SendAsync("250-smart\r\n250 STARTTLS\r\n");
        await proxy.ExpectAsync("STARTTLS");
        await proxy.SendLineAsync("220 go");
        Assert.Equal(TlsOutcome.Done, await proxy.Connection.Features.Get<ITlsFeature>()!.BecomeServerAsync(rig.StoreTls("smart"), CancellationToken.None));
        await proxy.ExpectAsync("EHLO mail.example.org");
        await proxy.SendAsync("250-smart\r\n250 AUTH PLAIN\r\n");
        await proxy.ExpectAsync("AUTH PLAIN " + Convert.ToBase64String("\0proxy\0relay-secret"u8));
        await proxy.SendLineAsync("235 2.7.0 in");
        await proxy.ExpectAsync("MAIL FROM:<alice@example.org>");
        await proxy.SendLineAsync("250 OK");
        await proxy.TakeRecipientAsync("friend@elsewhere.example");
        await client.ExpectAsync("250 *");
    }

    [Fact]
    public async Task A_password_is_not_sent_to_a_relay_in_clear()
    {
        await using var rig = new ProxyRig(on);
        await using var smarthost = await rig.StoreAsync("smart", 2525);
        rig.Relay.Smarthost = rig.HostAndPortOf("smart", 2525);
        rig.Relay.SmarthostTls = Routing.Catalog.StoreTlsMode.None;
        rig.Relay.User = "proxy";
        var client = await LogInAsync(rig);
        var proxy = await NameFriendAsync(client, smarthost);
        await proxy.SendAsync("250-smart\r\n250 AUTH PLAIN\r\n");
        await client.ExpectAsync("451 4.4.1 *");
        await proxy.AssertCutAsync();
    }

    // Up to what the relay offers.
    private static async Task<DialogueClient> NameFriendAsync(DialogueClient client, ScriptedStore smarthost)
    {
        await client.SendLineAsync("MAIL FROM:<alice@example.org>");
        await client.ExpectAsync("250 *");
        await client.SendLineAsync("RCPT TO:<friend@elsewhere.example>");
        var proxy = await smarthost.AcceptOneAsync();
        await proxy.SendLineAsync("220 smart ESMTP");
        await proxy.ExpectAsync("EHLO mail.example.org");
        return proxy;
    }

    private static async Task<DialogueClient> LogInAsync(ProxyRig rig)
    {
        var client = await rig.ConnectAsync(MailProtocol.Submission);
        await client.ExpectAsync("220 *");
        await client.SendLineAsync("EHLO laptop");
        await client.ExpectUntilAsync("250 *");
        await client.SendLineAsync($"AUTH PLAIN {Alice}");
        await client.ExpectAsync("235 *");
        return client;
    }
}
