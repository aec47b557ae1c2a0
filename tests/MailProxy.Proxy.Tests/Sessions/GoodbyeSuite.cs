using System.Text;
using MailProxy.Proxy.Accept;
using MailProxy.Proxy.Tests.Rig;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.Proxy.Tests.Sessions;

/// <summary>Spliced sessions that must end: what their clients hear, and what they never see.</summary>
public abstract class GoodbyeSuite(RigTransport on)
{
    private const string Moved = "Your mailbox has moved, please connect again.";

    [Fact]
    public async Task In_idle_the_goodbye_comes_at_once()
    {
        await using var rig = new ProxyRig(on);
        var (client, proxy) = await ImapAsync(rig);
        await client.SendLineAsync("b IDLE");
        await proxy.ExpectAsync("b IDLE");
        await proxy.SendAsync("+ idling\r\n* 5 EXISTS\r\n");
        await client.ExpectAsync("+ idling");
        await client.ExpectAsync("\\* 5 EXISTS");
        Move(rig);
        await client.ExpectAsync($"\\* BYE [UNAVAILABLE] {Moved}");
        await client.ExpectEndAsync();
        await proxy.ExpectGoneAsync();
        await LogSaysAsync(rig, "ended while Splicing: moved to store-2 (table says store-2).");
    }

    [Fact]
    public async Task In_the_middle_of_a_literal_it_waits_for_the_whole_answer()
    {
        await using var rig = new ProxyRig(on);
        var (client, proxy) = await ImapAsync(rig);
        await client.SendLineAsync("b FETCH 1 BODY[]");
        await proxy.ExpectAsync("b FETCH *");
        await proxy.SendAsync("* 1 FETCH (BODY[] {20}\r\nb OK fake\r\n");
        await client.ExpectAsync("\\* 1 FETCH (BODY[] {20}");
        await client.ExpectAsync("b OK fake");
        Move(rig);
        await proxy.SendAsync("123456789)\r\n");
        await client.ExpectAsync("123456789)");
        await proxy.SendAsync("b OK done\r\n");
        await client.ExpectAsync("b OK done");
        await client.ExpectAsync("\\* BYE *");
        await client.ExpectEndAsync();
    }

    [Fact]
    public async Task In_the_middle_of_an_append_it_waits_for_the_stores_verdict()
    {
        await using var rig = new ProxyRig(on);
        var (client, proxy) = await ImapAsync(rig);
        await client.SendLineAsync("b APPEND INBOX {10}");
        await proxy.ExpectAsync("b APPEND INBOX {10}");
        await proxy.SendLineAsync("+ go");
        await client.ExpectAsync("+ go");
        await client.SendAsync("01234");
        Assert.Equal("01234", await proxy.ReadAsync(5));
        Move(rig);
        await client.SendAsync("56789\r\n");
        Assert.Equal("56789\r\n", await proxy.ReadAsync(7));
        await proxy.SendLineAsync("b OK [APPENDUID 1 2] done");
        await client.ExpectAsync("b OK *");
        await client.ExpectAsync("\\* BYE *");
        await client.ExpectEndAsync();
    }

    [Fact]
    public async Task What_comes_to_no_boundary_in_time_is_cut_without_a_word()
    {
        await using var rig = new ProxyRig(on);
        var (client, proxy) = await ImapAsync(rig);
        await proxy.SendAsync("* 5 EXISTS\r\n* 6 EX");
        await client.ExpectAsync("\\* 5 EXISTS");
        Assert.Equal("* 6 EX", await client.ReadAsync(6));
        Move(rig);
        var gone = client.ExpectGoneAsync();
        var since = rig.Time.GetUtcNow();
        while (!gone.IsCompleted)
        {
            rig.Time.Advance(TimeSpan.FromSeconds(1));
            await Beat.WaitAsync(10);
        }

        await gone;
        Assert.True(rig.Time.GetUtcNow() - since >= rig.Limits.Goodbye - TimeSpan.FromSeconds(1));
        await LogSaysAsync(rig, "(table says store-2), cut.");
    }

    [Fact]
    public async Task A_compressed_session_is_cut_without_a_word()
    {
        await using var rig = new ProxyRig(on);
        var (client, proxy) = await ImapAsync(rig);
        await client.SendLineAsync("b COMPRESS DEFLATE");
        await proxy.ExpectAsync("b COMPRESS DEFLATE");
        await proxy.SendLineAsync("b OK");
        await client.ExpectAsync("b OK");
        Move(rig);
        await client.ExpectGoneAsync();
    }

    [Fact]
    public async Task A_pop3_client_hears_it_as_the_answer_to_its_next_command()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 110);
        var client = await rig.ConnectAsync(MailProtocol.Pop3);
        await client.ExpectAsync("+OK *");
        await client.SendAsync("USER alice@example.org\r\nPASS secret\r\nRETR 1\r\nRETR 2\r\n");
        await client.ExpectAsync("+OK");
        var proxy = await store.AcceptPop3LoginAsync();
        await client.ExpectAsync("+OK maildrop ready");
        await proxy.ExpectAsync("RETR 1");
        await proxy.ExpectAsync("RETR 2");
        await proxy.SendAsync("+OK\r\nhello\r\n.");
        await client.ExpectAsync("+OK");
        await client.ExpectAsync("hello");
        Move(rig);
        await proxy.SendAsync("\r\n+OK\r\n..\r\n.\r\n");
        foreach (var line in new[] { ".", "+OK", "..", "." })
        {
            await client.ExpectAsync(line);
        }

        await client.SendLineAsync("DELE 1");
        await client.ExpectAsync($"-ERR [SYS/TEMP] {Moved}");
        await client.ExpectEndAsync();
        await proxy.ExpectGoneAsync();
    }

    [Fact]
    public async Task A_message_under_way_is_answered_before_submission_says_goodbye()
    {
        await using var rig = new ProxyRig(on);
        var (client, proxy) = await SubmissionAsync(rig);
        await client.SendLineAsync("DATA");
        await proxy.ExpectAsync("DATA");
        await proxy.SendLineAsync("354 go");
        await client.ExpectAsync("354 go");
        await client.SendLineAsync("Subject: x");
        await proxy.ExpectAsync("Subject: x");
        Move(rig);
        await client.SendAsync("\r\nhi\r\n.\r\n");
        await proxy.ExpectUntilAsync(".");
        await proxy.SendLineAsync("250 2.0.0 taken");
        await client.ExpectAsync("250 2.0.0 taken");
        await client.ExpectAsync($"421 4.3.2 {Moved}");
        await client.ExpectEndAsync();
        await proxy.ExpectGoneAsync();
    }

    [Fact]
    public async Task Between_two_commands_submission_says_goodbye_at_once()
    {
        await using var rig = new ProxyRig(on);
        var (client, _) = await SubmissionAsync(rig);
        Move(rig);
        await client.ExpectAsync($"421 4.3.2 {Moved}");
        await client.ExpectEndAsync();
    }

    [Fact]
    public async Task A_node_that_stops_says_goodbye_to_spliced_sessions()
    {
        await using var rig = new ProxyRig(on);
        var (client, proxy) = await ImapAsync(rig);
        await rig.Server!.StopAsync(TimeSpan.FromSeconds(5));
        await client.ExpectAsync("\\* BYE [UNAVAILABLE] This server is shutting down, please connect again.");
        await client.ExpectEndAsync();
        await proxy.ExpectGoneAsync();
        await LogSaysAsync(rig, "ended while Splicing: this node stops.");
    }

    [Fact]
    public async Task Under_tls_the_goodbye_is_heard_and_the_end_is_in_order()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 143);
        var client = await rig.ConnectAsync(MailProtocol.Imap, ListenerTlsMode.Implicit);
        await client.BecomeEncryptedAsync(rig.ClientTls);
        var proxy = await LogInAsync(client, store);
        await client.SendLineAsync("b NOOP");
        await proxy.ExpectAsync("b NOOP");
        Move(rig);
        await proxy.SendLineAsync("b OK");
        await client.ExpectAsync("b OK");
        await client.ExpectAsync("\\* BYE *");
        await client.ExpectEndAsync();
    }

    [Fact]
    public async Task Who_does_not_answer_does_not_keep_a_stopping_node()
    {
        await using var rig = new ProxyRig(on);
        var (client, proxy) = await ImapAsync(rig);
        await client.SendLineAsync("b NOOP");
        await proxy.ExpectAsync("b NOOP");
        await client.EndAsync();
        await proxy.ExpectEndAsync();
        await rig.Server!.StopAsync(TimeSpan.Zero);
        await client.ExpectGoneAsync();
    }

    private static void Move(ProxyRig rig) => rig.Router.Pin("alice@example.org", "store-2");

    // The line is written by the thread that ends the session.
    private static async Task LogSaysAsync(ProxyRig rig, string text)
    {
        while (!rig.Log.Entries.Any(entry => entry.Text.Contains(text, StringComparison.Ordinal)))
        {
            await Beat.WaitAsync(10, TestContext.Current.CancellationToken);
        }
    }

    private static async Task<(DialogueClient Client, DialogueClient Proxy)> ImapAsync(ProxyRig rig)
    {
        var store = await rig.StoreAsync("store-1", 143);
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        return (client, await LogInAsync(client, store));
    }

    private static async Task<DialogueClient> LogInAsync(DialogueClient client, ScriptedStore store)
    {
        await client.ExpectAsync("* OK *");
        await client.SendLineAsync("a LOGIN alice@example.org secret");
        var proxy = await store.AcceptImapLoginAsync();
        await client.ExpectAsync("a OK *");
        // An answer that came back was spliced.
        await client.SendLineAsync("z NOOP");
        await proxy.ExpectAsync("z NOOP");
        await proxy.SendLineAsync("z OK");
        await client.ExpectAsync("z OK");
        return proxy;
    }

    private static async Task<(DialogueClient Client, DialogueClient Proxy)> SubmissionAsync(ProxyRig rig)
    {
        rig.Router.AddStore("store-1", submission: true);
        var store = await rig.StoreAsync("store-1", 587);
        var client = await rig.ConnectAsync(MailProtocol.Submission);
        await client.ExpectAsync("220 *");
        await client.SendLineAsync("EHLO laptop");
        await client.ExpectUntilAsync("250 *");
        await client.SendLineAsync($"AUTH PLAIN {Convert.ToBase64String(Encoding.UTF8.GetBytes("\0alice@example.org\0secret"))}");
        var proxy = await store.AcceptOneAsync();
        await proxy.SendLineAsync("220 store ESMTP");
        await proxy.ExpectAsync("EHLO *");
        await proxy.SendAsync("250-store\r\n250 AUTH PLAIN\r\n");
        await proxy.ExpectAsync("AUTH PLAIN *");
        await proxy.SendLineAsync("235 2.7.0 in");
        await client.ExpectAsync("235 2.7.0 *");
        await client.SendLineAsync("NOOP");
        await proxy.ExpectAsync("NOOP");
        await proxy.SendLineAsync("250 OK");
        await client.ExpectAsync("250 OK");
        return (client, proxy);
    }
}
