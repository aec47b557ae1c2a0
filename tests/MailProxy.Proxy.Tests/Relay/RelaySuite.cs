using MailProxy.Proxy.Tests.Rig;
using MailProxy.Routing.Catalog;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.Proxy.Tests.Relay;

public abstract class RelaySuite(RigTransport on)
{
    [Fact]
    public async Task A_message_for_one_user_goes_to_her_home_with_a_trace_header_and_dots_as_they_were()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 24);
        var client = await rig.ConnectAsync(MailProtocol.Mx);
        await OpenAsync(client, "EHLO client.example.net", "MAIL FROM:<me@example.net>");
        await client.SendLineAsync("RCPT TO:<Alice@Example.org>");
        var proxy = await store.AcceptLmtpAsync();
        await proxy.TakeRecipientAsync("alice@example.org");
        await client.ExpectAsync("250 2.1.5 *");
        await client.SendLineAsync("DATA");
        var data = proxy.TakeDataAsync();
        await client.ExpectAsync("354 *");
        await client.SendAsync("Subject: x\r\n\r\n..a dot\r\n.b\r\n.\r\n");
        var lines = await data;
        Assert.StartsWith("Received: from client.example.net", lines[0], StringComparison.Ordinal);
        Assert.Contains("with ESMTP id ", lines[1], StringComparison.Ordinal);
        Assert.Equal("\tTue, 24 Nov 2026 12:00:00 +0000", lines[2]);

        // ".b" is the line "b" with a dot that was never needed: RFC 5321 4.5.2 takes it away.
        Assert.Equal(["Subject: x", "", "..a dot", "b"], lines.Skip(3));
        await proxy.SendLineAsync("250 2.1.5 <alice@example.org> stored");
        await client.ExpectAsync("250 2.0.0 OK*");
    }

    [Fact]
    public async Task The_client_begins_beside_the_store_and_a_short_message_goes_in_one_piece_with_its_end()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 24);
        var client = await rig.ConnectAsync(MailProtocol.Mx);
        await OpenAsync(client, "EHLO client.example.net", "MAIL FROM:<me@example.net>");
        await client.SendLineAsync("RCPT TO:<alice@example.org>");
        var proxy = await store.AcceptLmtpAsync();
        await proxy.TakeRecipientAsync("alice@example.org");
        await client.ExpectAsync("250 2.1.5 *");
        await client.SendLineAsync("DATA");
        await proxy.ExpectAsync("DATA");

        // The store has not said yet that it may begin; nothing goes to it before that (RFC 2920 3.1).
        await client.ExpectAsync("354 *");
        await client.SendAsync("Subject: x\r\n\r\n");
        await client.SendAsync("body\r\n.\r\n");
        await proxy.SendLineAsync("354 go");
        var first = await proxy.Connection.Transport.Input.ReadAsync();
        var text = System.Text.Encoding.Latin1.GetString(System.Buffers.BuffersExtensions.ToArray(first.Buffer));
        proxy.Connection.Transport.Input.AdvanceTo(first.Buffer.End);
        Assert.StartsWith("Received: ", text, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nbody\r\n.\r\n", text, StringComparison.Ordinal);
        await proxy.SendLineAsync("250 OK");
        await client.ExpectAsync("250 2.0.0 OK*");
    }

    [Fact]
    public async Task Lmtp_gives_each_recipient_its_own_verdict()
    {
        await using var rig = new ProxyRig(on);
        var client = await rig.ConnectAsync(MailProtocol.Lmtp);
        await OpenAsync(client, "LHLO mx.example.org", "MAIL FROM:<me@example.net>");
        var (one, two) = await rig.NameAliceAndBobAsync(client);
        await SendMessageAsync(client, one, two);
        await one.SendLineAsync("250 2.1.5 stored");
        await two.SendLineAsync("552 5.2.2 Mailbox full");
        await client.ExpectAsync("250 2.1.5 <alice@example.org>*");
        await client.ExpectAsync("552 5.2.2 Mailbox full");
    }

    [Fact]
    public async Task Smtp_has_one_verdict_so_stores_that_differ_make_it_temporary()
    {
        await using var rig = new ProxyRig(on);
        var client = await rig.ConnectAsync(MailProtocol.Mx);
        await OpenAsync(client, "EHLO mx.example.org", "MAIL FROM:<>");
        var (one, two) = await rig.NameAliceAndBobAsync(client);
        await SendMessageAsync(client, one, two);
        await one.SendLineAsync("250 2.1.5 stored");
        await two.SendLineAsync("552 5.2.2 Mailbox full");
        await client.ExpectAsync("451 *");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_store_that_dies_before_its_verdict_makes_it_temporary_and_disturbs_nobody_else(bool isLmtp)
    {
        await using var rig = new ProxyRig(on);
        var client = await rig.ConnectAsync(isLmtp ? MailProtocol.Lmtp : MailProtocol.Mx);
        await OpenAsync(client, isLmtp ? "LHLO mx.example.org" : "EHLO mx.example.org", "MAIL FROM:<me@example.net>");
        var (one, two) = await rig.NameAliceAndBobAsync(client);
        await SendMessageAsync(client, one, two);
        await two.DisposeAsync();
        await one.SendLineAsync("250 2.1.5 stored");
        if (isLmtp)
        {
            await client.ExpectAsync("250 *");
        }

        await client.ExpectAsync("451 *");
        await client.SendLineAsync("NOOP");
        await client.ExpectAsync("250 *");
    }

    [Fact]
    public async Task An_alias_reaches_everyone_behind_it_and_a_user_named_twice_gets_one_copy()
    {
        await using var rig = new ProxyRig(on);
        await using var first = await rig.StoreAsync("store-1", 24);
        await using var second = await rig.StoreAsync("store-2", 24);
        var client = await rig.ConnectAsync(MailProtocol.Mx);
        await OpenAsync(client, "EHLO mx.example.org", "MAIL FROM:<me@example.net>");
        await client.SendLineAsync("RCPT TO:<team@example.org>");
        var (one, two) = await StoreScripts.AcceptLmtpAsync(first, second);
        await one.TakeRecipientAsync("alice@example.org");
        await two.TakeRecipientAsync("bob@example.org");
        await client.ExpectAsync("250 *");
        await client.SendLineAsync("RCPT TO:<alice@example.org>");
        await client.ExpectAsync("250 *");
        await SendMessageAsync(client, one, two);
        await one.SendLineAsync("250 OK");
        await two.SendLineAsync("250 OK");
        await client.ExpectAsync("250 *");
    }

    [Fact]
    public async Task Recipients_are_judged_at_rcpt()
    {
        await using var rig = new ProxyRig(on);
        rig.Router.AddStore("store-2", state: StoreState.Offline);
        var client = await rig.ConnectAsync(MailProtocol.Mx);
        await OpenAsync(client, "EHLO mx.example.org", "MAIL FROM:<me@example.net>");
        await client.SendLineAsync("RCPT TO:<nobody@example.org>");
        await client.ExpectAsync("550 5.1.1 *");
        await client.SendLineAsync("RCPT TO:<someone@elsewhere.example>");
        await client.ExpectAsync("550 5.7.1 *");
        await client.SendLineAsync("RCPT TO:<bob@example.org>");
        await client.ExpectAsync("451 4.4.1 *");
        await client.SendLineAsync("RCPT TO:<alice@example.org>");
        await client.ExpectAsync("451 4.4.1 *");
        await client.SendLineAsync("RCPT TO:<erik@example.org>");
        await client.ExpectAsync("451 4.4.4 *");
        rig.Router.Hold("alice@example.org", true);
        await client.SendLineAsync("RCPT TO:<alice@example.org>");
        await client.ExpectAsync("450 4.2.1 *");
        await client.SendLineAsync("DATA");
        await client.ExpectAsync("503 *");
    }

    [Fact]
    public async Task A_client_that_vanishes_leaves_no_end_of_message_at_the_store()
    {
        await using var rig = new ProxyRig(on);
        var client = await rig.ConnectAsync(MailProtocol.Mx);
        await OpenAsync(client, "EHLO mx.example.org", "MAIL FROM:<me@example.net>");
        var (one, two) = await rig.NameAliceAndBobAsync(client);
        await client.SendLineAsync("DATA");
        await one.ExpectAsync("DATA");
        await one.SendLineAsync("354 go");
        await two.ExpectAsync("DATA");
        await two.SendLineAsync("354 go");
        await client.ExpectAsync("354 *");
        await client.SendAsync($"Subject: half\r\n\r\n{RelayScripts.APiece}half a line");
        await one.ExpectUntilAsync("Subject: half");
        await client.DisposeAsync();
        await one.AssertCutAsync();
        await two.AssertCutAsync();
    }

    [Theory]
    [InlineData("a\n.\nb")]
    [InlineData("a\r\n.\nb")]
    [InlineData("a\n.\r\nb")]
    [InlineData("a\r.\rb")]
    public async Task Smuggled_ends_of_message_are_refused_and_never_reach_a_store(string content)
    {
        await using var rig = new ProxyRig(on);
        var client = await rig.ConnectAsync(MailProtocol.Mx);
        await OpenAsync(client, "EHLO mx.example.org", "MAIL FROM:<me@example.net>");
        var (one, two) = await rig.NameAliceAndBobAsync(client);
        await client.SendLineAsync("DATA");
        await one.ExpectAsync("DATA");
        await one.SendLineAsync("354 go");
        await two.ExpectAsync("DATA");
        await two.SendLineAsync("354 go");
        await client.ExpectAsync("354 *");
        await client.SendAsync($"Subject: x\r\n\r\n{content}\r\nMAIL FROM:<evil@example.net>\r\n.\r\n");
        await client.ExpectAsync("554 5.6.0 *");
        await one.AssertCutAsync();
        await two.AssertCutAsync();
        await client.SendLineAsync("NOOP");
        await client.ExpectAsync("250 *");
    }

    [Fact]
    public async Task Chunks_arrive_as_one_message()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 24);
        var client = await rig.ConnectAsync(MailProtocol.Mx);
        await OpenAsync(client, "EHLO mx.example.org", "MAIL FROM:<me@example.net> BODY=8BITMIME SIZE=20");
        await client.SendLineAsync("RCPT TO:<alice@example.org>");
        var proxy = await store.AcceptLmtpAsync();
        await proxy.TakeRecipientAsync("alice@example.org");
        await client.ExpectAsync("250 *");
        await client.SendAsync("BDAT 8\r\n.dot\r\nha");
        var data = proxy.TakeDataAsync();
        await client.ExpectAsync("250 2.0.0 8 octets");
        await client.SendAsync("BDAT 4 LAST\r\nlf\r\n");
        Assert.Equal(["..dot", "half"], (await data).Skip(3));
        await proxy.SendLineAsync("250 OK");
        await client.ExpectAsync("250 2.0.0 OK*");
    }

    [Fact]
    public async Task A_message_over_the_limit_is_refused_declared_or_not()
    {
        await using var rig = new ProxyRig(on);
        rig.Limits.MessageSize = 2_000;
        await using var store = await rig.StoreAsync("store-1", 24);
        var client = await rig.ConnectAsync(MailProtocol.Mx);
        await OpenAsync(client, "EHLO mx.example.org", null);
        await client.SendLineAsync("MAIL FROM:<me@example.net> SIZE=2001");
        await client.ExpectAsync("552 5.3.4 *");
        await client.SendLineAsync("MAIL FROM:<me@example.net>");
        await client.ExpectAsync("250 *");
        await client.SendLineAsync("RCPT TO:<alice@example.org>");
        var proxy = await store.AcceptLmtpAsync();
        await proxy.TakeRecipientAsync("alice@example.org");
        await client.ExpectAsync("250 *");
        await client.SendLineAsync("DATA");
        await proxy.ExpectAsync("DATA");
        await proxy.SendLineAsync("354 go");
        await client.ExpectAsync("354 *");
        for (var i = 0; i < 30; i++)
        {
            await client.SendLineAsync(new string('x', 78));
        }

        await client.SendLineAsync(".");
        await client.ExpectAsync("552 5.3.4 *");
        await proxy.AssertCutAsync();
    }

    [Fact]
    public async Task A_message_that_goes_in_circles_is_stopped()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 24);
        var client = await rig.ConnectAsync(MailProtocol.Mx);
        await OpenAsync(client, "EHLO mx.example.org", "MAIL FROM:<me@example.net>");
        await client.SendLineAsync("RCPT TO:<alice@example.org>");
        var proxy = await store.AcceptLmtpAsync();
        await proxy.TakeRecipientAsync("alice@example.org");
        await client.ExpectAsync("250 *");
        await client.SendLineAsync("DATA");
        await proxy.ExpectAsync("DATA");
        await proxy.SendLineAsync("354 go");
        await client.ExpectAsync("354 *");
        for (var i = 0; i < 101; i++)
        {
            await client.SendLineAsync("RECEIVED: from somewhere");
        }

        await client.SendAsync("\r\nbody\r\n.\r\n");
        await client.ExpectAsync("554 5.4.6 *");
        await proxy.AssertCutAsync();
    }

    [Fact]
    public async Task Commands_out_of_order_are_told_so()
    {
        await using var rig = new ProxyRig(on);
        var client = await rig.ConnectAsync(MailProtocol.Mx);
        await client.ExpectAsync("220 mail.example.org ESMTP");
        foreach (var (command, reply) in new[]
        {
            ("MAIL FROM:<a@example.net>", "503 *"), ("LHLO x", "500 *"), ("EHLO two words", "501 *"), ("HELO x.example", "250 mail.example.org"),
            ("RCPT TO:<alice@example.org>", "503 *"), ("DATA", "503 *"), ("MAIL TO:<x>", "501 *"), ("MAIL FROM:<a@example.net> BURL=x", "555 *"),
            ("MAIL FROM:<jösé@example.net>", "553 *"), ("EXPN x", "502 *"), ("\u0001", "500 *"), ("QUIT", "221 *"),
        })
        {
            await client.SendLineAsync(command == "MAIL FROM:<jösé@example.net>" ? "MAIL FROM:<j\u00C3\u00B6s\u00C3\u00A9@example.net>" : command);
            await client.ExpectAsync(reply);
        }

        await client.ExpectEndAsync();
    }

    [Fact]
    public async Task A_silent_client_is_told_goodbye()
    {
        await using var rig = new ProxyRig(on);
        var client = await rig.ConnectAsync(MailProtocol.Mx);
        await client.ExpectAsync("220 *");
        await client.SendLineAsync("NOOP");
        await client.ExpectAsync("250 *");
        var end = client.ExpectAsync("421 *");
        while (!end.IsCompleted)
        {
            rig.Time.Advance(rig.Limits.RelayIdle);
            await Task.Yield();
        }

        await end;
        await client.ExpectEndAsync();
    }

    private static async Task OpenAsync(DialogueClient client, string hello, string? mail)
    {
        await client.ExpectAsync("220 mail.example.org *");
        await client.SendLineAsync(hello);
        await client.ExpectUntilAsync("250 *");
        if (mail is not null)
        {
            await client.SendLineAsync(mail);
            await client.ExpectAsync("250 2.1.0 *");
        }
    }

    private static async Task SendMessageAsync(DialogueClient client, params DialogueClient[] stores)
    {
        await client.SendLineAsync("DATA");
        var data = Task.WhenAll(stores.Select(store => store.TakeDataAsync()));
        await client.ExpectAsync("354 *");
        await client.SendAsync("Subject: x\r\n\r\nbody\r\n.\r\n");
        await data;
    }
}
