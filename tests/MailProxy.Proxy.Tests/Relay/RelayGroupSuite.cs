using MailProxy.Proxy.Tests.Rig;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.Proxy.Tests.Relay;

/// <summary>Recipients that came together are asked for together.</summary>
public abstract class RelayGroupSuite(RigTransport on)
{
    [Fact]
    public async Task Stores_are_asked_at_once_and_the_replies_come_in_order()
    {
        await using var rig = new ProxyRig(on);
        await using var first = await rig.StoreAsync("store-1", 24);
        await using var second = await rig.StoreAsync("store-2", 24);
        var client = await OpenAsync(rig);
        await client.SendAsync("MAIL FROM:<me@example.net>\r\nRCPT TO:<alice@example.org>\r\nRCPT TO:<bob@example.org>\r\nRCPT TO:<nobody@example.org>\r\nDATA\r\n");

        // The first store has not greeted yet when the second is through with LHLO.
        var slow = await first.AcceptOneAsync();
        var quick = await second.AcceptOneAsync();
        await GreetAsync(quick);
        await GreetAsync(slow);

        // And it has not answered when the second has taken its recipient.
        await slow.ExpectAsync("MAIL FROM:<me@example.net>");
        await quick.ExpectAsync("MAIL FROM:<me@example.net>");
        await quick.SendLineAsync("250 2.1.0 OK");
        await quick.TakeRecipientAsync("bob@example.org");
        await slow.ExpectAsync("RCPT TO:<alice@example.org>");
        await slow.SendAsync("250 2.1.0 OK\r\n452 4.2.2 full\r\n");
        await client.ExpectAsync("250 2.1.0 *");
        await client.ExpectAsync("452 4.2.2 full");
        await client.ExpectAsync("250 2.1.5 *");
        await client.ExpectAsync("550 5.1.1 *");
        var data = quick.TakeDataAsync();
        await client.ExpectAsync("354 *");
        await client.SendAsync("Subject: x\r\n\r\nbody\r\n.\r\n");
        await data;
        await quick.SendLineAsync("250 OK");
        await client.ExpectAsync("250 *");
    }

    [Fact]
    public async Task A_store_that_stands_still_costs_the_others_their_recipients_neither_at_rcpt_nor_later()
    {
        await using var rig = new ProxyRig(on);
        await using var first = await rig.StoreAsync("store-1", 24);
        await using var second = await rig.StoreAsync("store-2", 24);
        var client = await OpenAsync(rig);

        // The connection of a message before rests at the quick one, so that the clock below can be too late for nothing there.
        await client.SendAsync("MAIL FROM:<me@example.net>\r\nRCPT TO:<bob@example.org>\r\nDATA\r\n");
        var quick = await second.AcceptLmtpAsync();
        await quick.TakeRecipientAsync("bob@example.org");
        var data = quick.TakeDataAsync();
        await client.ExpectUntilAsync("354 *");
        await client.SendAsync("Subject: x\r\n\r\nbody\r\n.\r\n");
        await data;
        await quick.SendLineAsync("250 OK");
        await client.ExpectAsync("250 *");
        await client.SendAsync("MAIL FROM:<me@example.net>\r\nRCPT TO:<alice@example.org>\r\nRCPT TO:<bob@example.org>\r\n");
        var still = await first.AcceptOneAsync();
        await still.SendLineAsync("220 store LMTP");
        await still.ExpectAsync("LHLO *");
        rig.Time.Advance(rig.Limits.StoreLogin + TimeSpan.FromSeconds(1));
        await quick.ExpectAsync("MAIL FROM:<me@example.net>");
        await quick.ExpectAsync("RCPT TO:<bob@example.org>");
        await quick.SendAsync("250 2.1.0 OK\r\n250 2.1.5 OK\r\n");
        await client.ExpectAsync("250 2.1.0 *");
        await client.ExpectAsync("451 4.4.2 *");
        await client.ExpectAsync("250 2.1.5 *");
        await still.ExpectGoneAsync();
    }

    [Fact]
    public async Task Recipients_are_taken_back_at_all_stores_at_once()
    {
        await using var rig = new ProxyRig(on);
        rig.Router.AddStore("store-3");
        await using var first = await rig.StoreAsync("store-1", 24);
        await using var second = await rig.StoreAsync("store-2", 24);
        await using var third = await rig.StoreAsync("store-3", 24);
        var client = await OpenAsync(rig);
        await client.SendAsync("MAIL FROM:<me@example.net>\r\nRCPT TO:<all@example.org>\r\n");
        var accepted = await Task.WhenAll(first.AcceptLmtpAsync(), second.AcceptLmtpAsync(), third.AcceptLmtpAsync());
        await accepted[0].TakeRecipientAsync("alice@example.org");
        await accepted[1].TakeRecipientAsync("bob@example.org");
        await accepted[2].ExpectAsync("RCPT TO:<carl@example.org>");
        await accepted[2].SendLineAsync("452 4.2.2 full");

        // The first says nothing to it until the second is through.
        await accepted[0].ExpectAsync("RSET");
        await accepted[1].ExpectAsync("RSET");
        await accepted[1].SendLineAsync("250 OK");
        await accepted[1].ExpectAsync("MAIL FROM:<me@example.net>");
        await accepted[1].SendLineAsync("250 OK");
        await accepted[0].SendLineAsync("451 4.3.0 not now");
        await client.ExpectAsync("250 2.1.0 *");
        await client.ExpectAsync("452 4.2.2 full");
        await accepted[0].ExpectGoneAsync();
        await client.SendLineAsync("RCPT TO:<bob@example.org>");
        await accepted[1].TakeRecipientAsync("bob@example.org");
        await client.ExpectAsync("250 2.1.5 *");
    }

    [Fact]
    public async Task Recipients_of_one_store_go_in_one_piece_and_a_line_that_is_wrong_has_its_turn()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 24);
        var client = await OpenAsync(rig);
        await client.SendAsync(
            "MAIL FROM:<me@example.net>\r\nRCPT TO:<alice@example.org>\r\nRCPT TO:<alice+lists@example.org>\r\nRCPT TO:<postmaster@example.org>\r\nRCPT TO:nonsense\r\nNOOP\r\n");
        var proxy = await store.AcceptOneAsync();
        await GreetAsync(proxy);
        await proxy.ExpectAsync("MAIL FROM:<me@example.net>");
        await proxy.ExpectAsync("RCPT TO:<alice@example.org>");
        await proxy.ExpectAsync("RCPT TO:<postmaster@example.org>");
        await proxy.SendAsync("250 2.1.0 OK\r\n250 2.1.5 OK\r\n250 2.1.5 OK\r\n");
        foreach (var reply in new[] { "250 2.1.0 *", "250 2.1.5 *", "250 2.1.5 *", "250 2.1.5 *", "501 5.1.3 *", "250 2.0.0 *" })
        {
            await client.ExpectAsync(reply);
        }
    }

    [Fact]
    public async Task A_store_without_pipelining_is_asked_one_by_one()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 24);
        var client = await OpenAsync(rig);
        await client.SendAsync("MAIL FROM:<me@example.net>\r\nRCPT TO:<alice@example.org>\r\nRCPT TO:<postmaster@example.org>\r\n");
        var proxy = await store.AcceptOneAsync();
        await proxy.SendLineAsync("220 store LMTP");
        await proxy.ExpectAsync("LHLO *");
        await proxy.SendLineAsync("250 store");
        await proxy.ExpectAsync("MAIL FROM:<me@example.net>");
        await proxy.SendLineAsync("250 OK");
        await proxy.TakeRecipientAsync("alice@example.org");
        await proxy.TakeRecipientAsync("postmaster@example.org");
        await client.ExpectAsync("250 2.1.0 *");
        await client.ExpectAsync("250 2.1.5 *");
        await client.ExpectAsync("250 2.1.5 *");
    }

    [Fact]
    public async Task With_one_store_per_transaction_recipients_of_another_wait_for_theirs()
    {
        await using var rig = new ProxyRig(on);
        rig.Relay.OneStorePerTransaction = true;
        await using var first = await rig.StoreAsync("store-1", 24);
        await using var second = await rig.StoreAsync("store-2", 24);
        var client = await OpenAsync(rig);
        await client.SendAsync("MAIL FROM:<me@example.net>\r\nRCPT TO:<bob@example.org>\r\nRCPT TO:<alice@example.org>\r\nRCPT TO:<team@example.org>\r\n");
        var two = await second.AcceptLmtpAsync();
        await two.TakeRecipientAsync("bob@example.org");
        await client.ExpectAsync("250 2.1.0 *");
        await client.ExpectAsync("250 2.1.5 *");
        await client.ExpectAsync("452 4.5.3 *");
        await client.ExpectAsync("452 4.5.3 *");
        await client.SendLineAsync("RSET");
        await client.ExpectAsync("250 *");

        // An alias that lives on both could otherwise never be sent to.
        await client.SendAsync("MAIL FROM:<me@example.net>\r\nRCPT TO:<team@example.org>\r\nRCPT TO:<alice@example.org>\r\n");
        (var one, two) = await StoreScripts.AcceptLmtpAsync(first, second);
        await one.TakeRecipientAsync("alice@example.org");
        await two.TakeRecipientAsync("bob@example.org");
        await client.ExpectAsync("250 2.1.0 *");
        await client.ExpectAsync("250 2.1.5 *");
        await client.ExpectAsync("250 2.1.5 *");
    }

    private static async Task<DialogueClient> OpenAsync(ProxyRig rig)
    {
        var client = await rig.ConnectAsync(MailProtocol.Mx);
        await client.ExpectAsync("220 *");
        await client.SendLineAsync("EHLO mx.example.net");
        await client.ExpectUntilAsync("250 *");
        return client;
    }

    private static async Task GreetAsync(DialogueClient proxy)
    {
        await proxy.SendLineAsync("220 store LMTP");
        await proxy.ExpectAsync("LHLO *");
        await proxy.SendAsync("250-store\r\n250 PIPELINING\r\n");
    }
}
