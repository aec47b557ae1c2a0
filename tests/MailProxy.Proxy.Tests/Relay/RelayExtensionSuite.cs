using MailProxy.Proxy.Tests.Rig;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.Proxy.Tests.Relay;

/// <summary>ESMTP extensions: what is offered, and what of it each store hears.</summary>
public abstract class RelayExtensionSuite(RigTransport on)
{
    private const string Plain = "250-store\r\n250 PIPELINING\r\n";
    private const string Rich = "250-store\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SIZE\r\n250-SMTPUTF8\r\n250-DSN\r\n250-BINARYMIME\r\n250 CHUNKING\r\n";

    [Fact]
    public async Task All_extensions_are_offered_but_binary_content_only_where_it_was_chosen()
    {
        await using var rig = new ProxyRig(on);
        var client = await rig.ConnectAsync(MailProtocol.Mx);
        await client.ExpectAsync("220 *");
        await client.SendLineAsync("EHLO mx.example.net");
        Assert.Equal(
            ["mail.example.org", "PIPELINING", "SIZE 67108864", "8BITMIME", "SMTPUTF8", "CHUNKING", "ENHANCEDSTATUSCODES", "DSN", "STARTTLS"],
            (await client.ExpectUntilAsync("250 *")).Select(line => line[4..]));
        await client.SendLineAsync("MAIL FROM:<me@example.net> BODY=BINARYMIME");
        await client.ExpectAsync("501 5.5.4 *");
    }

    [Fact]
    public async Task What_was_switched_off_is_neither_offered_nor_taken()
    {
        await using var rig = new ProxyRig(on);
        rig.Relay.OfferDsn = false;
        var client = await rig.ConnectAsync(MailProtocol.Mx);
        await client.ExpectAsync("220 *");
        await client.SendLineAsync("EHLO mx.example.net");
        Assert.DoesNotContain(await client.ExpectUntilAsync("250 *"), line => line.Contains("DSN", StringComparison.Ordinal));
        await client.SendLineAsync("MAIL FROM:<me@example.net> RET=HDRS");
        await client.ExpectAsync("555 5.5.4 *");
        await client.SendLineAsync("MAIL FROM:<me@example.net>");
        await client.ExpectAsync("250 *");
        await client.SendLineAsync("RCPT TO:<alice@example.org> NOTIFY=NEVER");
        await client.ExpectAsync("555 5.5.4 *");
    }

    [Fact]
    public async Task Each_store_hears_the_parameters_that_it_offers_and_no_others()
    {
        await using var rig = new ProxyRig(on);
        await using var first = await rig.StoreAsync("store-1", 24);
        await using var second = await rig.StoreAsync("store-2", 24);
        var client = await HelloAsync(rig);
        await client.SendAsync(
            "MAIL FROM:<me@example.net> BODY=8BITMIME SIZE=100 RET=hdrs ENVID=QQ+2B1\r\n"
            + "RCPT TO:<alice@example.org> NOTIFY=success,failure ORCPT=rfc822;alice@example.org\r\nRCPT TO:<bob@example.org> NOTIFY=NEVER\r\n");
        var rich = await first.AcceptOneAsync();
        var plain = await second.AcceptOneAsync();
        await GreetAsync(rich, Rich);
        await GreetAsync(plain, Plain);
        await rich.ExpectAsync("MAIL FROM:<me@example.net> BODY=8BITMIME SIZE=100 RET=HDRS ENVID=QQ+2B1");
        await rich.ExpectAsync("RCPT TO:<alice@example.org> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;alice@example.org");
        await plain.ExpectAsync("MAIL FROM:<me@example.net>");
        await plain.ExpectAsync("RCPT TO:<bob@example.org>");
    }

    [Theory]
    [InlineData("MAIL FROM:<me@example.net> RET=ALL")]
    [InlineData("MAIL FROM:<me@example.net> ENVID=a=b")]
    [InlineData("MAIL FROM:<me@example.net> ENVID=a+0D")]
    [InlineData("MAIL FROM:<me@example.net> BODY=9BIT")]
    [InlineData("RCPT TO:<alice@example.org> NOTIFY=NEVER,DELAY")]
    [InlineData("RCPT TO:<alice@example.org> ORCPT=alice@example.org")]
    public async Task Values_that_are_none_are_refused(string command)
    {
        await using var rig = new ProxyRig(on);
        var client = await HelloAsync(rig);
        if (command.StartsWith("RCPT", StringComparison.Ordinal))
        {
            await client.SendLineAsync("MAIL FROM:<me@example.net>");
            await client.ExpectAsync("250 *");
        }

        await client.SendLineAsync(command);
        await client.ExpectAsync("501 5.*");
    }

    [Fact]
    public async Task A_store_that_takes_chunks_gets_a_short_message_in_one()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 24);
        var (client, proxy) = await NameAliceAsync(rig, store, "MAIL FROM:<me@example.net>", Rich);
        await client.SendLineAsync("DATA");
        await client.ExpectAsync("354 *");
        await client.SendAsync("Subject: x\r\n\r\n..a dot\r\n.\r\n");
        var content = await TakeChunkAsync(proxy, "LAST");
        Assert.StartsWith("Received: from mx.example.net", content, StringComparison.Ordinal);
        Assert.EndsWith("Subject: x\r\n\r\n.a dot\r\n", content, StringComparison.Ordinal);
        await proxy.SendLineAsync("250 2.1.5 stored");
        await client.ExpectAsync("250 2.0.0 *");

        // The connection is of use for the next one.
        await client.SendLineAsync("MAIL FROM:<me@example.net>");
        await client.ExpectAsync("250 *");
        await client.SendLineAsync("RCPT TO:<alice@example.org>");
        await proxy.ExpectAsync("MAIL FROM:<me@example.net>");
        await proxy.SendLineAsync("250 OK");
        await proxy.TakeRecipientAsync("alice@example.org");
        await client.ExpectAsync("250 *");
    }

    [Fact]
    public async Task A_long_one_comes_in_several_chunks_without_a_word_in_between()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 24);
        var (client, proxy) = await NameAliceAsync(rig, store, "MAIL FROM:<me@example.net>", Rich);
        await client.SendLineAsync("DATA");
        await client.ExpectAsync("354 *");
        await client.SendAsync($"Subject: x\r\n\r\n{RelayScripts.APiece}{RelayScripts.APiece}end\r\n.\r\n");
        var content = await TakeChunkAsync(proxy, "");
        content += await TakeChunkAsync(proxy, "");
        await proxy.SendAsync("250 one\r\n250 two\r\n");
        while (!content.EndsWith("end\r\n", StringComparison.Ordinal))
        {
            var chunk = await TakeChunkAsync(proxy, null);
            content += chunk;
            await proxy.SendLineAsync("250 2.1.5 more");
        }

        await client.ExpectAsync("250 2.0.0 *");
        Assert.EndsWith(RelayScripts.APiece + RelayScripts.APiece + "end\r\n", content, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("552 5.2.2 Mailbox full", "552 5.2.2 Mailbox full", MailProtocol.Lmtp)]
    [InlineData("552 5.2.2 Mailbox full", "552 5.2.2 Mailbox full", MailProtocol.Mx)]
    [InlineData("452 4.3.1 disk", "451 4.4.0 *", MailProtocol.Lmtp)]
    [InlineData("503 5.5.1 what?", "451 4.4.0 *", MailProtocol.Lmtp)]
    [InlineData("503 5.5.1 what?", "451 4.4.0 *", MailProtocol.Mx)]
    public async Task A_chunk_that_is_refused_is_the_verdict_of_that_stores_recipients(string refusal, string verdict, MailProtocol protocol)
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 24);
        var (client, proxy) = await NameAliceAsync(rig, store, "MAIL FROM:<me@example.net>", Rich, protocol);
        await client.SendLineAsync("DATA");
        await client.ExpectAsync("354 *");
        await client.SendAsync($"Subject: x\r\n\r\n{RelayScripts.APiece}end\r\n.\r\n");
        await TakeChunkAsync(proxy, "");
        await proxy.SendLineAsync(refusal);
        await client.ExpectAsync(verdict);
        await proxy.ReadToTheEndAsync();
    }

    [Fact]
    public async Task Binary_content_goes_octet_for_octet_to_a_store_that_takes_it()
    {
        await using var rig = new ProxyRig(on);
        rig.Relay.OfferBinaryMime = true;
        await using var store = await rig.StoreAsync("store-1", 24);
        var (client, proxy) = await NameAliceAsync(rig, store, "MAIL FROM:<me@example.net> BODY=BINARYMIME", Rich);
        await client.SendLineAsync("DATA");
        await client.ExpectAsync("503 5.5.1 *");
        await client.SendAsync("BDAT 9 LAST\r\na\rb\nc\0\n.\r");
        Assert.EndsWith("a\rb\nc\0\n.\r", await TakeChunkAsync(proxy, "LAST"), StringComparison.Ordinal);
        await proxy.SendLineAsync("250 OK");
        await client.ExpectAsync("250 2.0.0 *");
    }

    [Fact]
    public async Task A_store_that_takes_no_binary_content_refuses_its_recipients()
    {
        await using var rig = new ProxyRig(on);
        rig.Relay.OfferBinaryMime = true;
        await using var store = await rig.StoreAsync("store-1", 24);
        var client = await HelloAsync(rig);
        await client.SendLineAsync("MAIL FROM:<me@example.net> BODY=BINARYMIME");
        await client.ExpectAsync("250 *");
        await client.SendLineAsync("RCPT TO:<alice@example.org>");
        await GreetAsync(await store.AcceptOneAsync(), Plain);
        await client.ExpectAsync("554 5.6.3 *");
    }

    [Fact]
    public async Task Plus_addressing_and_a_full_mailbox()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 24);
        var (client, proxy) = await NameAliceAsync(rig, store, "MAIL FROM:<me@example.net>", Plain, recipient: "Alice+Lists@example.org");
        await client.SendLineAsync("RCPT TO:<postmaster+x@example.org>");
        await proxy.ExpectAsync("RCPT TO:<postmaster@example.org>");
        await proxy.SendLineAsync("452 4.2.2 Mailbox full");
        await client.ExpectAsync("452 4.2.2 Mailbox full");
    }

    [Fact]
    public async Task Every_reply_but_greetings_and_EHLOs_has_an_enhanced_status_code()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 24);
        var (client, proxy) = await NameAliceAsync(rig, store, "MAIL FROM:<me@example.net>", Plain);
        foreach (var command in new[]
        {
            "NOOP", "VRFY x", "XYZZY", "MAIL FROM:<x@example.net>", "RCPT TO:<nobody@example.org>", "RCPT TO:<x@elsewhere.example>", "RCPT TO:x", "DATA now", "EXPN x", "LHLO x",
            "BURL x", "RSET", "DATA", "RCPT TO:<alice@example.org>", "MAIL FROM:<x@example.net> SIZE=999999999999", "MAIL FROM:<x@example.net> X=y", "HELP", "QUIT",
        })
        {
            await client.SendLineAsync(command);
            var reply = await client.ExpectAsync("*");
            Assert.Matches(@"^([245])\d\d \1\.\d{1,3}\.\d{1,3} \S", reply);
        }

        await proxy.AssertCutAsync();
    }

    private static async Task<DialogueClient> HelloAsync(ProxyRig rig, MailProtocol protocol = MailProtocol.Mx)
    {
        var client = await rig.ConnectAsync(protocol);
        await client.ExpectAsync("220 *");
        await client.SendLineAsync(protocol == MailProtocol.Lmtp ? "LHLO mx.example.net" : "EHLO mx.example.net");
        await client.ExpectUntilAsync("250 *");
        return client;
    }

    private static async Task GreetAsync(DialogueClient proxy, string offers)
    {
        await proxy.SendLineAsync("220 store LMTP");
        await proxy.ExpectAsync("LHLO *");
        await proxy.SendAsync(offers);
    }

    private static async Task<(DialogueClient Client, DialogueClient Store)> NameAliceAsync(
        ProxyRig rig, ScriptedStore store, string mail, string offers, MailProtocol protocol = MailProtocol.Mx, string recipient = "alice@example.org")
    {
        var client = await HelloAsync(rig, protocol);
        await client.SendLineAsync(mail);
        await client.ExpectAsync("250 *");
        await client.SendLineAsync($"RCPT TO:<{recipient}>");
        var proxy = await store.AcceptOneAsync();
        await GreetAsync(proxy, offers);
        await proxy.ExpectAsync(mail);
        await proxy.SendLineAsync("250 OK");
        await proxy.TakeRecipientAsync("alice@example.org");
        await client.ExpectAsync("250 *");
        return (client, proxy);
    }

    private static async Task<string> TakeChunkAsync(DialogueClient proxy, string? last)
    {
        var words = (await proxy.ExpectAsync("BDAT *")).Split(' ');
        if (last is not null)
        {
            Assert.Equal(last, words.Length > 2 ? words[2] : "");
        }

        var size = int.Parse(words[1], System.Globalization.CultureInfo.InvariantCulture);
        return size == 0 ? "" : await proxy.ReadAsync(size);
    }
}
