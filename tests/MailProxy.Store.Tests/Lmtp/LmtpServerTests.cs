using MailProxy.Store.Access;
using MailProxy.Store.Tests.Engine;
using MailProxy.Store.Tests.Serving;
using Xunit;

namespace MailProxy.Store.Tests.Lmtp;

public sealed class LmtpServerTests : LmtpServerFixture
{
    [Fact]
    public async Task A_message_is_delivered_to_each_recipient_byte_by_byte()
    {
        await using var dialogue = await GreetedAsync();
        await dialogue.PlayAsync($"""
            C: MAIL FROM:<sender@example.net> SIZE=100 BODY=8BITMIME
            S: 250 2.1.0 OK
            C: RCPT TO:<Alice@Example.org>
            S: 250 2.1.5 OK
            C: RCPT TO:<bob@example.org>
            S: 250 2.1.5 OK
            C: DATA
            S: 354 *
            C: Subject: x
            C: 
            C: ..
            C: ...two
            C: 8-bit {'\xE9'}{'\xFF'}
            C: .
            S: 250 2.1.5 <alice@example.org> delivered
            S: 250 2.1.5 <bob@example.org> delivered
            C: QUIT
            S: 221 *
            END
            """);
        const string Content = "Return-Path: <sender@example.net>\r\nSubject: x\r\n\r\n.\r\n..two\r\n8-bit \xE9\xFF\r\n";
        Assert.Equal([Content], await InboxAsync(TestStore.Alice));
        Assert.Equal([Content], await InboxAsync(TestStore.Bob));
    }

    [Fact]
    public async Task A_message_arrives_the_same_however_it_is_cut()
    {
        const string Wire = "Subject: x\r\n\r\n..\r\nend\r\n.\r\nNOOP\r\n";
        for (var cut = 1; cut < Wire.Length; cut++)
        {
            await using var dialogue = await GreetedAsync();
            await dialogue.PlayAsync(ToAlice + "C: DATA\nS: 354 *");
            await dialogue.SendAsync(Wire[..cut]);
            await dialogue.SendAsync(Wire[cut..]);
            await dialogue.PlayAsync("S: 250 2.1.5 *\nS: 250 2.0.0 OK");
        }

        var inbox = await InboxAsync(TestStore.Alice);
        Assert.Equal(Wire.Length - 1, inbox.Count);
        Assert.All(inbox, content => Assert.Equal("Return-Path: <sender@example.net>\r\nSubject: x\r\n\r\n.\r\nend\r\n", content));
    }

    [Fact]
    public async Task Everything_may_be_pipelined()
    {
        await using var dialogue = await GreetedAsync();
        await dialogue.PlayAsync("""
            C: MAIL FROM:<>
            C: RCPT TO:<alice@example.org>
            C: RCPT TO:<not an address>
            C: RCPT TO:<alice@example.org>
            C: DATA
            S: 250 2.1.0 OK
            S: 250 2.1.5 OK
            S: 501 5.1.3 *
            S: 250 2.1.5 OK
            S: 354 *
            C: one
            C: .
            C: MAIL FROM:<x@example.net>
            C: RSET
            C: QUIT
            S: 250 2.1.5 *
            S: 250 2.1.5 *
            S: 250 2.1.0 OK
            S: 250 2.0.0 OK
            S: 221 *
            END
            """);

        // Named twice, answered twice, delivered once.
        Assert.Equal(["Return-Path: <>\r\none\r\n"], await InboxAsync(TestStore.Alice));
    }

    [Fact]
    public async Task Chunks_are_joined()
    {
        await using var dialogue = await GreetedAsync();
        await dialogue.PlayAsync(ToAlice);
        await dialogue.SendAsync("BDAT 7\r\none\r\n.\rBDAT 2\r\n\n.BDAT 0\r\nBDAT 2 LAST\r\n\r\nNOOP\r\n");
        await dialogue.PlayAsync("S: 250 2.0.0 7 octets *\nS: 250 2.0.0 2 octets *\nS: 250 2.0.0 0 octets *\nS: 250 2.1.5 *\nS: 250 2.0.0 OK");
        Assert.Equal(["Return-Path: <sender@example.net>\r\none\r\n.\r\n.\r\n"], await InboxAsync(TestStore.Alice));
    }

    [Theory]
    [InlineData("one\ntwo\r\n.\r\n")]
    [InlineData("one\n.\ntwo\r\n.\r\n")]
    [InlineData("one\n.\r\nMAIL FROM:<smuggled@example.net>\r\n.\r\n")]
    [InlineData("one\r\n.\nMAIL FROM:<smuggled@example.net>\r\n.\r\n")]
    [InlineData("one\r.\rtwo\r\n.\r\n")]
    [InlineData("one\r\n.\rtwo\r\n.\r\n")]
    public async Task Bare_line_ends_never_end_a_message_and_are_refused(string wire)
    {
        await using var dialogue = await GreetedAsync();
        await dialogue.PlayAsync(ToAlice + "C: DATA\nS: 354 *");
        await dialogue.SendAsync(wire + "NOOP\r\n");
        await dialogue.PlayAsync("S: 554 5.6.0 *\nS: 250 2.0.0 OK");
        await AssertNothingIsLeftAsync();
    }

    [Theory]
    [InlineData("BDAT 4 LAST\r\nx\ny\n")]
    [InlineData("BDAT 2\r\nx\rBDAT 1 LAST\r\ny")]
    [InlineData("BDAT 2 LAST\r\nx\r")]
    public async Task Bare_line_ends_in_chunks_are_refused(string wire)
    {
        await using var dialogue = await GreetedAsync();
        await dialogue.PlayAsync(ToAlice);
        await dialogue.SendAsync(wire + "NOOP\r\n");
        await dialogue.PlayAsync((wire.StartsWith("BDAT 2\r", StringComparison.Ordinal) ? "S: 250 2.0.0 2 *\n" : "") + "S: 554 5.6.0 *\nS: 250 2.0.0 OK");
        await AssertNothingIsLeftAsync();
    }

    [Theory]
    [InlineData("DATA\r\n", "Subject: x\r\n\r\nhalf a mess")]
    [InlineData("DATA\r\n", "Subject: x\r\n\r\nall but the dot\r\n")]
    [InlineData("DATA\r\n", "Subject: x\r\n\r\n.")]
    [InlineData("BDAT 10 LAST\r\n", "half")]
    [InlineData("BDAT 4\r\nhalf", "")]
    public async Task A_client_that_vanishes_before_the_end_leaves_nothing(string command, string content)
    {
        var dialogue = await GreetedAsync();
        await dialogue.PlayAsync(ToAlice);
        await dialogue.SendAsync(command + content);
        await dialogue.DisposeAsync();
        await AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task A_client_that_closes_in_order_before_the_dot_leaves_nothing()
    {
        await using var dialogue = await GreetedAsync();
        await dialogue.PlayAsync(ToAlice + "C: DATA\nS: 354 *\nC: half");
        await dialogue.Client.Transport.Output.CompleteAsync();
        await dialogue.Served.WaitAsync(TimeSpan.FromSeconds(20), TestStore.Stop);
        await AssertNothingIsLeftAsync();
    }

    [Theory]
    [InlineData(0, "250 *")]
    [InlineData(1, "552 5.3.4 *")]
    public async Task The_size_limit_holds_and_the_session_goes_on(int over, string reply)
    {
        // "\r\n" behind it counts too.
        var line = new string('x', (int)SizeLimit - 2 + over);
        await using var dialogue = await GreetedAsync();
        await dialogue.PlayAsync($"{ToAlice}C: DATA\nS: 354 *\nC: {line}\nC: .\nS: {reply}\nC: MAIL FROM:<x@example.net>\nS: 250 *\nC: RCPT TO:<alice@example.org>\nS: 250 *");
        await dialogue.SendAsync($"BDAT {SizeLimit + over} LAST\r\n{line}\r\n");
        await dialogue.PlayAsync($"S: {reply}\nC: NOOP\nS: 250 2.0.0 OK");
        Assert.Equal(over == 0 ? 2 : 0, (await InboxAsync(TestStore.Alice)).Count);
    }

    [Theory]
    [InlineData("MAIL FROM:<a@example.net> SIZE=2001", "552 5.3.4 *")]
    [InlineData("MAIL FROM:<a@example.net> SIZE=99999999999999999999", "552 5.3.4 *")]
    [InlineData("MAIL FROM:<a@example.net> SIZE=x", "501 5.5.4 *")]
    [InlineData("MAIL FROM:<a@example.net> BODY=BINARYMIME", "501 5.5.4 *")]
    [InlineData("MAIL FROM:<a@example.net> RET=FULL", "555 5.5.4 *")]
    [InlineData("MAIL FROM:a@example.net", "501 5.1.7 *")]
    [InlineData("MAIL FROM:<\xC3\xA9@example.net>", "553 5.6.7 *")]
    [InlineData("MAIL TO:<a@example.net>", "501 5.1.7 *")]
    [InlineData("RCPT TO:<a@example.net>", "503 5.5.1 *")]
    [InlineData("DATA", "503 5.5.1 *")]
    [InlineData("DATA now", "501 5.5.4 *")]
    [InlineData("EHLO x", "500 5.5.1 *")]
    [InlineData("HELO x", "500 5.5.1 *")]
    [InlineData("LHLO", "501 5.5.4 *")]
    [InlineData("STARTTLS", "502 5.5.1 *")]
    [InlineData("XCLIENT", "501 5.5.4 *")]
    [InlineData("XCLIENT NAME=a+0D+0Ab", "501 5.5.4 *")]
    public async Task What_is_out_of_place_or_of_grammar_is_refused_and_the_session_goes_on(string command, string reply)
    {
        await using var dialogue = await GreetedAsync();
        await dialogue.PlayAsync($"C: {command}\nS: {reply}\n{ToAlice}C: DATA\nS: 354 *\nC: .\nS: 250 *");
    }

    [Theory]
    [InlineData("RCPT TO:<postmaster>", "553 5.1.3 *")]
    [InlineData("RCPT TO:<>", "501 5.1.3 *")]
    [InlineData("RCPT TO:<a@example.org> NOTIFY=NEVER", "555 5.5.4 *")]
    [InlineData("RCPT TO:<\xC3\xA9@example.net>", "553 5.6.7 *")]
    public async Task Recipients_that_are_none_do_not_disturb_the_others(string command, string reply)
    {
        await using var dialogue = await GreetedAsync();
        await dialogue.PlayAsync($"{ToAlice}C: {command}\nS: {reply}\nC: DATA\nS: 354 *\nC: .\nS: 250 *\nC: NOOP\nS: 250 2.0.0 OK");
        Assert.Single(await InboxAsync(TestStore.Alice));
    }

    [Fact]
    public async Task International_addresses_are_taken_with_smtputf8()
    {
        await using var dialogue = await GreetedAsync();
        await dialogue.PlayAsync("""
            C: MAIL FROM:<sender@example.net> SMTPUTF8
            S: 250 *
            C: RCPT TO:<ÃÃ@example.org>
            S: 250 *
            C: DATA
            S: 354 *
            C: .
            S: 250 *
            """.Replace("ÃÃ", "\xC3\x89", StringComparison.Ordinal));
        Assert.Single(await InboxAsync("é@example.org"));
    }

    [Fact]
    public async Task Chunks_without_a_transaction_are_swallowed()
    {
        await using var dialogue = await GreetedAsync();
        await dialogue.SendAsync("BDAT 6 LAST\r\nQUIT\r\nNOOP\r\n");
        await dialogue.PlayAsync("S: 503 5.5.1 *\nS: 250 2.0.0 OK\nC: BDAT x\nS: 501 *\nEND");
    }

    [Fact]
    public async Task Rset_and_lhlo_drop_a_message_in_chunks()
    {
        await using var dialogue = await GreetedAsync();
        foreach (var command in new[] { "RSET", "LHLO x" })
        {
            await dialogue.PlayAsync(ToAlice);
            await dialogue.SendAsync($"BDAT 3\r\nx\r\nRCPT TO:<bob@example.org>\r\nDATA\r\n{command}\r\n");
            await dialogue.PlayAsync("S: 250 2.0.0 3 *\nS: 503 *\nS: 503 *\n" + (command == "RSET" ? "S: 250 2.0.0 OK" : Hello[(Hello.IndexOf("LHLO", StringComparison.Ordinal) + 16)..]));
        }

        await dialogue.PlayAsync("C: NOOP\nS: 250 2.0.0 OK");
        await AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task The_recipients_of_one_message_are_bounded()
    {
        var server = Server(new AccessOptions { TrustedClients = { "proxy-1" } }, options => options with { RecipientLimit = 2 });
        await using var dialogue = await Dialogue.WithTlsAsync(server.ServeAsync, Certificates.Proxy);
        await dialogue.PlayAsync(Hello + ToAlice + """
            C: RCPT TO:<bob@example.org>
            S: 250 *
            C: RCPT TO:<carol@example.org>
            S: 452 4.5.3 *
            """);
    }

    [Fact]
    public async Task A_full_disk_is_a_temporary_refusal()
    {
        await using var full = await TestStore.OpenAsync(options => options.MinFreeOctets = long.MaxValue);
        var server = Server(new AccessOptions { TrustedClients = { "proxy-1" } }, engine: full.Engine);
        await using var dialogue = await Dialogue.WithTlsAsync(server.ServeAsync, Certificates.Proxy);
        await dialogue.PlayAsync($"{Hello}{ToAlice}C: DATA\nS: 452 4.3.1 *\n{ToAlice}");
        await dialogue.SendAsync("BDAT 3\r\nx\r\nBDAT 3 LAST\r\ny\r\nNOOP\r\n");
        await dialogue.PlayAsync("S: 452 4.3.1 *\nS: 503 *\nS: 250 2.0.0 OK");
    }

    [Fact]
    public async Task A_limit_of_the_engine_within_a_message_is_the_answer_behind_it()
    {
        await using var small = await TestStore.OpenAsync(options => options.MaxMessageOctets = 100);
        var server = Server(new AccessOptions { TrustedClients = { "proxy-1" } }, engine: small.Engine);
        await using var dialogue = await Dialogue.WithTlsAsync(server.ServeAsync, Certificates.Proxy);
        await dialogue.PlayAsync($"{Hello}{ToAlice}C: RCPT TO:<bob@example.org>\nS: 250 *\nC: DATA\nS: 354 *\nC: {new string('x', 100)}\nC: .\nS: 552 *\nS: 552 *\nC: NOOP\nS: 250 2.0.0 OK");
        Assert.Empty(small.DraftFiles());
    }

    [Fact]
    public async Task Lines_and_junk_have_limits()
    {
        await using var dialogue = await GreetedAsync();
        await dialogue.PlayAsync($"C: NOOP {new string('x', 2_041)}\nS: 250 *\nC: NOOP {new string('x', 2_042)}\nS: 500 5.5.6 *\nEND");
        await using var junk = await GreetedAsync();
        await junk.PlayAsync(string.Concat(Enumerable.Repeat("C: GET / HTTP/1.1\nS: 500 *\n", 20)) + "S: 421 4.7.0 *\nEND");
    }

    [Fact]
    public async Task APop3_that_stops_finishes_the_message_and_says_goodbye()
    {
        await using var dialogue = await GreetedAsync();
        await dialogue.PlayAsync(ToAlice + "C: DATA\nS: 354 *\nC: half");
        await dialogue.StopServerAsync();
        await dialogue.PlayAsync("C: and half\nC: .\nS: 250 2.1.5 *\nS: 421 4.3.2 *\nEND");
        Assert.Single(await InboxAsync(TestStore.Alice));
    }
}
