using MailProxy.Proxy.Tests.Rig;
using MailProxy.Testing;
using Microsoft.Extensions.Logging;
using Xunit;

namespace MailProxy.Proxy.Tests.Sessions;

public abstract class SessionLifeSuite(RigTransport on)
{
    [Fact]
    public async Task A_user_who_moves_loses_the_session_at_the_old_store_and_logs_in_at_the_new_one()
    {
        await using var rig = new ProxyRig(on);
        await using var old = await rig.StoreAsync("store-1", 143);
        await using var home = await rig.StoreAsync("store-2", 143);
        var client = await LogInAsync(rig);
        var proxy = await old.AcceptImapLoginAsync();
        await client.ExpectAsync("a OK *");
        rig.Router.Pin("alice@example.org", "store-2");
        await client.ExpectAsync("\\* BYE [UNAVAILABLE] Your mailbox has moved, please connect again.");
        await client.ExpectEndAsync();
        await proxy.ExpectGoneAsync();
        var again = await LogInAsync(rig);
        await home.AcceptImapLoginAsync();
        await again.ExpectAsync("a OK *");
    }

    [Fact]
    public async Task A_user_who_moves_while_logging_in_ends_up_at_the_new_store()
    {
        await using var rig = new ProxyRig(on);
        await using var old = await rig.StoreAsync("store-1", 143);
        await using var home = await rig.StoreAsync("store-2", 143);
        var client = await LogInAsync(rig);
        var first = await old.AcceptOneAsync();
        await first.SendLineAsync("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] store");
        await first.ExpectAsync("L AUTHENTICATE PLAIN *");
        rig.Router.Pin("alice@example.org", "store-2");
        await first.SendLineAsync("L OK [CAPABILITY IMAP4rev1] in");
        var second = await home.AcceptImapLoginAsync("IMAP4rev1 NEWHOME");
        await client.ExpectAsync("a OK [CAPABILITY IMAP4rev1 NEWHOME] *");
        await client.SendLineAsync("b NOOP");
        await second.ExpectAsync("b NOOP");
    }

    [Fact]
    public async Task A_user_on_hold_waits_and_is_let_in_on_release()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 143);
        rig.Router.Hold("alice@example.org", true);
        var client = await LogInAsync(rig);
        rig.Router.Hold("alice@example.org", false);
        await store.AcceptImapLoginAsync();
        await client.ExpectAsync("a OK *");
    }

    [Fact]
    public async Task A_hold_that_outlasts_its_limit_is_unavailable()
    {
        await using var rig = new ProxyRig(on);
        rig.Router.Hold("alice@example.org", true);
        var client = await LogInAsync(rig);
        await rig.Router.HeldLoginWaitsAsync;
        rig.Time.Advance(rig.Limits.Hold + TimeSpan.FromSeconds(1));
        await client.ExpectAsync("a NO [UNAVAILABLE] *");
    }

    [Fact]
    public async Task A_client_that_does_not_log_in_is_told_goodbye_at_the_deadline()
    {
        await using var rig = new ProxyRig(on);
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.ExpectAsync("* OK *");
        rig.Time.Advance(rig.Limits.PreLogin + TimeSpan.FromSeconds(1));
        await client.ExpectAsync("\\* BYE *");
        await client.ExpectEndAsync();
    }

    [Fact]
    public async Task A_node_that_stops_says_goodbye_before_login()
    {
        await using var rig = new ProxyRig(on);
        var client = await rig.ConnectAsync(MailProtocol.Pop3);
        await client.ExpectAsync("+OK *");
        await rig.Server!.StopAsync(TimeSpan.FromSeconds(5));
        await client.ExpectAsync("-ERR [SYS/TEMP] *");
        await client.ExpectEndAsync();
    }

    [Fact]
    public async Task A_session_is_one_line_that_says_why_it_went_where_and_holds_no_secret()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 143);
        var client = await LogInAsync(rig);
        var proxy = await store.AcceptImapLoginAsync();
        await client.ExpectAsync("a OK *");
        await client.SendLineAsync("b LOGOUT");
        await proxy.ExpectAsync("b LOGOUT");
        await proxy.SendAsync("* BYE\r\nb OK\r\n");
        await proxy.DisposeAsync();
        await client.ExpectUntilAsync("b OK");
        await client.ExpectGoneAsync();
        await rig.Server!.StopAsync(TimeSpan.FromSeconds(5));
        var line = Assert.Single(rig.Log.Entries, entry => entry.Text.Contains("session", StringComparison.Ordinal) && entry.Text.Contains("ended while Splicing", StringComparison.Ordinal));
        Assert.Equal(LogLevel.Information, line.Level);
        Assert.Contains("user alice@example.org, store store-1 (table says store-1)", line.Text, StringComparison.Ordinal);
        Assert.Contains("10 octets in", line.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(rig.Log.Entries, entry => entry.Text.Contains("secret", StringComparison.OrdinalIgnoreCase));
    }

    private static async Task<DialogueClient> LogInAsync(ProxyRig rig)
    {
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.ExpectAsync("* OK *");
        await client.SendLineAsync("a LOGIN alice@example.org secret");
        return client;
    }
}
