using System.Text;
using MailProxy.Proxy.Tests.Rig;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.Proxy.Tests.Smtp;

/// <summary>What strangers and their accidents meet at the three listeners that take mail.</summary>
public abstract class SmtpEdgeSuite(RigTransport on)
{
    private static readonly string Alice = Convert.ToBase64String(Encoding.UTF8.GetBytes("\0alice@example.org\0secret"));

    private static readonly string[] Contents = ["a\n.\nb", "a\n.\r\nb", "a\r\n.\nb", "a\r.\rb", "a\r.\r\nb", "a\r\n.\rb", "a\r\n.\r\r\nb", "a\r\r\n.\r\n"];

    public static TheoryData<MailProtocol, string> Smuggled()
    {
        var data = new TheoryData<MailProtocol, string>();
        foreach (var protocol in new[] { MailProtocol.Mx, MailProtocol.Lmtp, MailProtocol.Submission })
        {
            foreach (var content in Contents)
            {
                data.Add(protocol, content);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Smuggled))]
    public async Task A_smuggled_end_of_message_is_refused_wherever_the_octets_are_cut_and_reaches_no_store(MailProtocol protocol, string content)
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 24);
        var client = await OpenAsync(rig, protocol);
        var ends = content.EndsWith("\r\n.\r\n", StringComparison.Ordinal);
        var said = ends ? content : content + "\r\nMAIL FROM:<evil@example.net>\r\n.\r\n";
        for (var cut = 1; cut <= content.Length; cut++)
        {
            var proxy = await EnvelopeAsync(client, store);
            await client.SendLineAsync("DATA");
            await proxy.ExpectAsync("DATA");
            await proxy.SendLineAsync("354 go");
            await client.ExpectAsync("354 *");
            await client.SendAsync(said[..cut]);
            await client.SendAsync(said[cut..]);
            await client.ExpectAsync("554 5.6.0 *");
            await AssertNoEndAsync(proxy);
        }

        await client.SendLineAsync("NOOP");
        await client.ExpectAsync("250 *");
    }

    [Theory]
    [InlineData(MailProtocol.Mx)]
    [InlineData(MailProtocol.Lmtp)]
    [InlineData(MailProtocol.Submission)]
    public async Task Commands_end_in_crlf_and_in_nothing_else(MailProtocol protocol)
    {
        await using var rig = new ProxyRig(on);
        var client = await OpenAsync(rig, protocol);
        foreach (var line in new[] { "NOOP\n", "NOOP\rNOOP\r\n", "NO\0OP\r\n", "MAIL FROM:<a@example.net>\nRCPT TO:<alice@example.org>\r\n" })
        {
            await client.SendAsync(line);
            await client.ExpectAsync("500 5.5.2 Lines end in CRLF and hold no NUL.");
            if (line.StartsWith("MAIL", StringComparison.Ordinal))
            {
                // The second half is a line of its own, and no transaction is open.
                await client.ExpectAsync("503 5.5.1 MAIL comes first.");
            }
        }
    }

    [Theory]
    [InlineData(MailProtocol.Mx)]
    [InlineData(MailProtocol.Lmtp)]
    [InlineData(MailProtocol.Submission)]
    public async Task Command_lines_have_2048_octets_and_512_before_login(MailProtocol protocol)
    {
        await using var rig = new ProxyRig(on);
        if (protocol == MailProtocol.Submission)
        {
            var stranger = await rig.ConnectAsync(protocol);
            await stranger.ExpectAsync("220 *");
            await stranger.SendLineAsync("NOOP " + new string('x', 512 - 7));
            await stranger.ExpectAsync("250 *");
            await stranger.SendLineAsync("NOOP " + new string('x', 513 - 7));
            await stranger.ExpectAsync("421 4.5.2 *");
            await stranger.ExpectGoneAsync();
        }

        var client = await OpenAsync(rig, protocol);
        foreach (var octets in new[] { 512, 1_000, 2_047, 2_048 })
        {
            await client.SendLineAsync("NOOP " + new string('x', octets - 7));
            await client.ExpectAsync("250 *");
        }

        await client.SendLineAsync("NOOP " + new string('x', 2_049 - 7));
        await client.ExpectAsync("421 4.5.2 Line too long, goodbye.");
        await client.ExpectGoneAsync();
    }

    [Theory]
    [InlineData(MailProtocol.Mx, 998)]
    [InlineData(MailProtocol.Lmtp, 999)]
    [InlineData(MailProtocol.Mx, 70_000)]
    public async Task A_line_of_text_of_any_length_goes_through_as_it_is(MailProtocol protocol, int length)
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 24);
        var client = await OpenAsync(rig, protocol);
        var proxy = await EnvelopeAsync(client, store);
        await client.SendLineAsync("DATA");
        var data = proxy.TakeDataAsync();
        await client.ExpectAsync("354 *");
        var line = new string('x', length);
        await client.SendAsync($"Subject: x\r\n\r\n{line}\r\n.\r\n");
        Assert.Contains(line, await data);
        await proxy.SendLineAsync("250 2.0.0 OK");
        await client.ExpectAsync("250 *");
    }

    [Theory]
    [InlineData(MailProtocol.Mx, "RSET")]
    [InlineData(MailProtocol.Mx, "EHLO again.example.net")]
    [InlineData(MailProtocol.Lmtp, "NOOP")]
    [InlineData(MailProtocol.Submission, "VRFY alice")]
    [InlineData(MailProtocol.Mx, "NONSENSE")]
    public async Task Commands_that_lead_nowhere_are_counted(MailProtocol protocol, string command)
    {
        await using var rig = new ProxyRig(on);
        rig.Limits.JunkCommands = 4;
        var client = await OpenAsync(rig, protocol);
        for (var i = 0; i < 5; i++)
        {
            await client.SendLineAsync(command);
        }

        await client.ExpectUntilAsync("421 4.7.0 Too many errors, goodbye.");
        await client.ExpectGoneAsync();
    }

    [Theory]
    [InlineData(MailProtocol.Mx)]
    [InlineData(MailProtocol.Lmtp)]
    [InlineData(MailProtocol.Submission)]
    public async Task A_session_in_which_no_message_comes_ends_though_commands_do(MailProtocol protocol)
    {
        await using var rig = new ProxyRig(on);
        rig.Limits.RelayEnvelope = TimeSpan.FromMinutes(10);
        var client = await OpenAsync(rig, protocol);
        for (var i = 0; i < 2; i++)
        {
            rig.Time.Advance(TimeSpan.FromMinutes(4));
            await client.SendLineAsync("NOOP");
            await client.ExpectAsync("250 *");
        }

        var end = client.ExpectAsync("421 4.4.2 *");
        await AdvanceUntilAsync(rig, end);
        await client.ExpectGoneAsync();
    }

    [Fact]
    public async Task Who_talks_before_the_greeting_hears_none()
    {
        await using var rig = new ProxyRig(on);
        rig.Limits.GreetingDelay = TimeSpan.FromSeconds(5);
        var client = await rig.ConnectAsync(MailProtocol.Mx);
        await client.SendAsync("EHLO bulk.example.net\r\nMAIL FROM:<x@example.net>\r\n");
        await client.ExpectAsync("554 5.5.1 The greeting comes first, goodbye.");
        await client.ExpectGoneAsync();
        await rig.Log.SeeAsync("talked before the greeting");
    }

    [Fact]
    public async Task Who_waits_is_greeted_and_who_leaves_is_no_fault()
    {
        await using var rig = new ProxyRig(on);
        rig.Limits.GreetingDelay = TimeSpan.FromSeconds(5);
        var client = await rig.ConnectAsync(MailProtocol.Mx);
        var greeting = client.ExpectAsync("220 mail.example.org ESMTP");
        await AdvanceUntilAsync(rig, greeting);
        await client.SendLineAsync("EHLO mx.example.net");
        await client.ExpectUntilAsync("250 *");
        var other = await rig.ConnectAgainAsync();
        await other.EndAsync();
        await other.ExpectGoneAsync();
    }

    [Theory]
    [InlineData(MailProtocol.Lmtp)]
    [InlineData(MailProtocol.Submission)]
    public async Task Only_strangers_servers_wait(MailProtocol protocol)
    {
        await using var rig = new ProxyRig(on);
        rig.Limits.GreetingDelay = TimeSpan.FromSeconds(5);
        await (await rig.ConnectAsync(protocol)).ExpectAsync("220 *");
    }

    [Theory]
    [InlineData(MailProtocol.Mx)]
    [InlineData(MailProtocol.Lmtp)]
    [InlineData(MailProtocol.Submission)]
    public async Task A_node_that_stops_says_421_between_commands(MailProtocol protocol)
    {
        await using var rig = new ProxyRig(on);
        var client = await OpenAsync(rig, protocol);
        var stopped = rig.Server!.StopAsync(TimeSpan.FromSeconds(20));
        await client.ExpectAsync("421 4.3.2 This server is shutting down, please connect again.");
        await client.ExpectGoneAsync();
        await stopped;
    }

    private static async Task<DialogueClient> OpenAsync(ProxyRig rig, MailProtocol protocol)
    {
        var client = await rig.ConnectAsync(protocol);
        await client.ExpectAsync("220 *");
        await client.SendLineAsync(protocol == MailProtocol.Lmtp ? "LHLO mx.example.net" : "EHLO mx.example.net");
        await client.ExpectUntilAsync("250 *");
        if (protocol == MailProtocol.Submission)
        {
            await client.SendLineAsync($"AUTH PLAIN {Alice}");
            await client.ExpectAsync("235 *");
        }

        return client;
    }

    private static async Task<DialogueClient> EnvelopeAsync(DialogueClient client, ScriptedStore store)
    {
        await client.SendLineAsync("MAIL FROM:<alice@example.org>");
        await client.ExpectAsync("250 *");
        await client.SendLineAsync("RCPT TO:<alice@example.org>");
        var proxy = await store.AcceptLmtpAsync();
        await proxy.TakeRecipientAsync("alice@example.org");
        await client.ExpectAsync("250 *");
        return proxy;
    }

    // Whatever it was sent, it was not the end of a message.
    private static async Task AssertNoEndAsync(DialogueClient store)
    {
        try
        {
            while (await store.ReadLineAsync() is { } line)
            {
                Assert.NotEqual(".", line);
            }
        }
        catch (Microsoft.AspNetCore.Connections.ConnectionResetException)
        {
            // Cut, as it must be.
        }
    }

    private static async Task AdvanceUntilAsync(ProxyRig rig, Task heard)
    {
        while (!heard.IsCompleted)
        {
            rig.Time.Advance(TimeSpan.FromSeconds(1));
            await Beat.WaitAsync(2);
        }

        await heard;
    }
}
