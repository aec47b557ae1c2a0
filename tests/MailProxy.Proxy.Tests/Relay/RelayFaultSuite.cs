using MailProxy.Proxy.Tests.Rig;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.Proxy.Tests.Relay;

public abstract class RelayFaultSuite(RigTransport on)
{
    [Fact]
    public async Task When_one_store_breaks_before_the_dot_nobody_gets_a_message_that_will_be_repeated()
    {
        await using var rig = new ProxyRig(on);
        var (client, one, two) = await OpenAsync(rig);
        await client.SendLineAsync("DATA");
        await one.ExpectAsync("DATA");
        await one.SendLineAsync("354 go");
        await two.ExpectAsync("DATA");
        await two.SendLineAsync("451 4.3.0 not now");
        await client.ExpectAsync("354 *");
        await client.SendAsync("Subject: x\r\n\r\nbody\r\n.\r\n");
        await client.ExpectAsync("451 4.4.0 *");
        await one.AssertCutAsync();
    }

    [Fact]
    public async Task An_alias_that_is_refused_leaves_none_of_its_users_in_the_transaction()
    {
        await using var rig = new ProxyRig(on);
        await using var first = await rig.StoreAsync("store-1", 24);
        await using var second = await rig.StoreAsync("store-2", 24);
        var client = await rig.ConnectAsync(MailProtocol.Mx);
        await HelloAsync(client);
        await client.SendLineAsync("RCPT TO:<team@example.org>");
        var (one, two) = await StoreScripts.AcceptLmtpAsync(first, second);
        await one.TakeRecipientAsync("alice@example.org");
        await two.ExpectAsync("RCPT TO:<bob@example.org>");
        await two.SendLineAsync("452 4.2.2 full");
        await one.ExpectAsync("RSET");
        await one.SendLineAsync("250 OK");
        await one.ExpectAsync("MAIL FROM:<me@example.net>");
        await one.SendLineAsync("250 OK");
        await client.ExpectAsync("452 4.2.2 full");
        await client.SendLineAsync("DATA");
        await client.ExpectAsync("503 *");
        await client.SendLineAsync("RCPT TO:<alice@example.org>");
        await one.TakeRecipientAsync("alice@example.org");
        await client.ExpectAsync("250 *");
    }

    [Fact]
    public async Task Postmaster_without_a_domain_is_the_postmaster_of_our_host_or_of_the_domain_above()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 24);
        var client = await rig.ConnectAsync(MailProtocol.Mx);
        await HelloAsync(client);
        await client.SendLineAsync("RCPT TO:<Postmaster>");
        var proxy = await store.AcceptLmtpAsync();
        await proxy.TakeRecipientAsync("postmaster@example.org");
        await client.ExpectAsync("250 *");
    }

    [Fact]
    public async Task Internationalized_mail_needs_smtputf8_from_the_client_and_at_the_store()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 24);
        var client = await rig.ConnectAsync(MailProtocol.Mx);
        await HelloAsync(client);
        await client.SendLineAsync("RCPT TO:<j\u00C3\u00B6@example.org>");
        await client.ExpectAsync("553 5.6.7 *");
        await client.SendLineAsync("RSET");
        await client.ExpectAsync("250 *");
        await client.SendLineAsync("MAIL FROM:<j\u00C3\u00B6@example.net> SMTPUTF8");
        await client.ExpectAsync("250 *");
        await client.SendLineAsync("RCPT TO:<alice@example.org>");
        var proxy = await store.AcceptOneAsync();
        await proxy.SendLineAsync("220 store LMTP");
        await proxy.ExpectAsync("LHLO *");
        await proxy.SendLineAsync("250 store");
        await client.ExpectAsync("550 5.6.7 *");
    }

    [Theory]
    [InlineData("220", "LHLO *")]
    [InlineData("LHLO", "MAIL *")]
    public async Task A_store_that_hangs_is_a_timeout_at_rcpt(string until, string next)
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 24);
        var client = await rig.ConnectAsync(MailProtocol.Mx);
        await HelloAsync(client);
        await client.SendLineAsync("RCPT TO:<alice@example.org>");
        var proxy = await store.AcceptOneAsync();
        await proxy.SendLineAsync("220 store LMTP");
        await proxy.ExpectAsync("LHLO *");
        if (until == "LHLO")
        {
            await proxy.SendLineAsync("250 store");
            await proxy.ExpectAsync(next);
        }

        rig.Time.Advance(rig.Limits.StoreLogin + TimeSpan.FromSeconds(1));
        await client.ExpectAsync("451 4.4.2 *");
        await proxy.ExpectGoneAsync();
    }

    [Fact]
    public async Task A_client_that_falls_silent_in_its_message_is_told_goodbye_and_leaves_nothing()
    {
        await using var rig = new ProxyRig(on);
        var (client, one, two) = await OpenAsync(rig);
        await client.SendLineAsync("DATA");
        await one.ExpectAsync("DATA");
        await one.SendLineAsync("354 go");
        await two.ExpectAsync("DATA");
        await two.SendLineAsync("354 go");
        await client.ExpectAsync("354 *");
        await client.SendAsync("Subject: half\r\n" + RelayScripts.APiece);
        await one.ExpectUntilAsync("Subject: half");
        await two.ExpectUntilAsync("Subject: half");
        var end = client.ExpectAsync("421 4.4.2 *");
        while (!end.IsCompleted)
        {
            rig.Time.Advance(rig.Limits.RelayIdle);
            await Task.Yield();
        }

        await end;
        await client.ExpectGoneAsync();
        await one.AssertCutAsync();
    }

    [Fact]
    public async Task Useless_commands_have_a_budget_and_refused_recipients_another()
    {
        await using var rig = new ProxyRig(on);
        rig.Limits.JunkCommands = 3;
        rig.Limits.Recipients = 5;
        var client = await rig.ConnectAsync(MailProtocol.Mx);
        await HelloAsync(client);
        for (var i = 0; i < 5; i++)
        {
            await client.SendLineAsync("RCPT TO:<nobody@example.org>");
            await client.ExpectAsync("550 5.1.1 *");
        }

        await client.SendLineAsync("RCPT TO:<nobody@example.org>");
        await client.ExpectAsync("421 *");
        await client.ExpectGoneAsync();
        var other = await rig.ConnectAsync(MailProtocol.Mx);
        await HelloAsync(other);
        await other.SendAsync("XYZZY\r\nXYZZY\r\nXYZZY\r\nXYZZY\r\n");
        await other.ExpectUntilAsync("421 *");
        await other.ExpectGoneAsync();
    }

    [Fact]
    public async Task A_verdict_that_comes_while_the_node_stops_is_still_told()
    {
        await using var rig = new ProxyRig(on);
        var (client, one, two) = await OpenAsync(rig);
        await client.SendLineAsync("DATA");
        var data = Task.WhenAll(one.TakeDataAsync(), two.TakeDataAsync());
        await client.ExpectAsync("354 *");
        await client.SendAsync("Subject: x\r\n\r\nbody\r\n.\r\n");
        await data;
        var stopped = rig.Server!.StopAsync(TimeSpan.FromMinutes(10));
        await one.SendLineAsync("250 OK");
        await two.SendLineAsync("250 OK");
        await client.ExpectAsync("250 *");
        await client.ExpectAsync("421 *");
        await stopped;
    }

    private static async Task HelloAsync(DialogueClient client)
    {
        await client.ExpectAsync("220 *");
        await client.SendLineAsync("EHLO mx.example.net");
        await client.ExpectUntilAsync("250 *");
        await client.SendLineAsync("MAIL FROM:<me@example.net>");
        await client.ExpectAsync("250 *");
    }

    private static async Task<(DialogueClient Client, DialogueClient One, DialogueClient Two)> OpenAsync(ProxyRig rig)
    {
        var client = await rig.ConnectAsync(MailProtocol.Mx);
        await HelloAsync(client);
        var (one, two) = await rig.NameAliceAndBobAsync(client);
        return (client, one, two);
    }
}
