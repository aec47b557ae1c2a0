using MailProxy.Proxy.Tests.Rig;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.Proxy.Tests.Relay;

/// <summary>Connections to stores that are kept between two messages.</summary>
public abstract class RelayLinkSuite(RigTransport on)
{
    [Fact]
    public async Task The_next_message_goes_over_the_same_connection_and_MAIL_brings_RCPT_along()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 24);
        var (client, proxy) = await DeliverAsync(rig, store);
        await NameAliceAsync(client);
        await proxy.ExpectAsync("MAIL FROM:<me@example.net>");

        // Both commands came before the first was answered (RFC 2920 3.1).
        await proxy.ExpectAsync("RCPT TO:<alice@example.org>");
        await proxy.SendAsync("250 2.1.0 OK\r\n250 2.1.5 OK\r\n");
        await FinishAsync(client, proxy);
    }

    [Fact]
    public async Task A_connection_that_the_store_closed_meanwhile_is_replaced_and_nobody_notices()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 24);
        var (client, proxy) = await DeliverAsync(rig, store);
        await proxy.DisposeAsync();
        await NameAliceAsync(client);
        var fresh = await store.AcceptLmtpAsync();
        await fresh.TakeRecipientAsync("alice@example.org");
        await FinishAsync(client, fresh);
    }

    [Fact]
    public async Task A_connection_that_the_store_is_tired_of_is_replaced_and_nobody_notices()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 24);
        var (client, proxy) = await DeliverAsync(rig, store);
        await NameAliceAsync(client);
        await proxy.ExpectAsync("MAIL FROM:<me@example.net>");
        await proxy.SendLineAsync("421 4.3.2 Too many messages on this connection");
        var fresh = await store.AcceptLmtpAsync();
        await fresh.TakeRecipientAsync("alice@example.org");
        await FinishAsync(client, fresh);
    }

    [Fact]
    public async Task A_transaction_that_was_given_up_takes_its_connection_along()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 24);
        var (client, proxy) = await DeliverAsync(rig, store);
        await NameAliceAsync(client);
        await proxy.ExpectAsync("MAIL FROM:<me@example.net>");
        await proxy.ExpectAsync("RCPT TO:<alice@example.org>");
        await proxy.SendAsync("250 2.1.0 OK\r\n250 2.1.5 OK\r\n");
        await client.ExpectAsync("250 2.1.5 *");
        await client.SendLineAsync("RSET");
        await client.ExpectAsync("250 *");
        await proxy.AssertCutAsync();
        await NameAliceAsync(client);
        var fresh = await store.AcceptLmtpAsync();
        await fresh.TakeRecipientAsync("alice@example.org");
        await FinishAsync(client, fresh);
    }

    [Fact]
    public async Task A_connection_that_nobody_needs_is_let_go()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 24);
        var (_, proxy) = await DeliverAsync(rig, store);
        rig.Time.Advance(TimeSpan.FromSeconds(60));
        await proxy.ExpectAsync("QUIT");
        await proxy.ExpectGoneAsync();
    }

    // One message for Alice, on a fresh connection; the client may go on.
    private static async Task<(DialogueClient Client, DialogueClient Store)> DeliverAsync(ProxyRig rig, ScriptedStore store)
    {
        var client = await rig.ConnectAsync(MailProtocol.Mx);
        await client.ExpectAsync("220 *");
        await client.SendLineAsync("EHLO mx.example.net");
        await client.ExpectUntilAsync("250 *");
        await NameAliceAsync(client);
        var proxy = await store.AcceptLmtpAsync();
        await proxy.TakeRecipientAsync("alice@example.org");
        await FinishAsync(client, proxy);
        await client.SendLineAsync("NOOP");

        // The answer to the next command comes when the connection is at rest.
        await client.ExpectAsync("250 *");
        return (client, proxy);
    }

    private static async Task NameAliceAsync(DialogueClient client)
    {
        await client.SendLineAsync("MAIL FROM:<me@example.net>");
        await client.ExpectAsync("250 *");
        await client.SendLineAsync("RCPT TO:<alice@example.org>");
    }

    private static async Task FinishAsync(DialogueClient client, DialogueClient store)
    {
        await client.ExpectAsync("250 2.1.5 *");
        await client.SendLineAsync("DATA");
        var data = store.TakeDataAsync();
        await client.ExpectAsync("354 *");
        await client.SendAsync("Subject: x\r\n\r\nHello.\r\n.\r\n");
        Assert.Equal("Hello.", (await data)[^1]);
        await store.SendLineAsync("250 2.1.5 stored");
        await client.ExpectAsync("250 2.0.0 OK*");
    }
}
