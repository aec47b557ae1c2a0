using System.Text;
using MailProxy.Proxy.Accept;
using MailProxy.Proxy.Authenticate;
using MailProxy.Proxy.Tests.Rig;
using MailProxy.Routing.Catalog;
using Microsoft.Extensions.Logging;
using Xunit;

namespace MailProxy.Proxy.Tests.Imap;

public abstract class ImapLoginSuite(RigTransport on)
{
    private static string Plain(string user, string password, string authorize = "") =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes($"{authorize}\0{user}\0{password}"));

    [Fact]
    public async Task The_client_hears_the_stores_capabilities_and_then_the_store()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 143);
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.ExpectAsync("* OK [CAPABILITY IMAP4rev1 SASL-IR LITERAL+ ID ENABLE STARTTLS AUTH=PLAIN AUTH=LOGIN] mail.example.org ready.");
        await client.SendLineAsync("a1 LOGIN alice@example.org secret");
        var proxy = await store.AcceptImapLoginAsync("IMAP4rev1 IDLE MOVE");
        await client.ExpectAsync("a1 OK [CAPABILITY IMAP4rev1 IDLE MOVE] in");
        await client.SendLineAsync("a2 SELECT INBOX");
        await proxy.ExpectAsync("a2 SELECT INBOX");
        await proxy.SendLineAsync("a2 OK done");
        await client.ExpectAsync("a2 OK done");
    }

    [Theory]
    [InlineData("a AUTHENTICATE PLAIN {0}")]
    [InlineData("a authenticate plain {0}")]
    public async Task Sasl_plain_with_initial_response(string command)
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 143);
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.ExpectAsync("* OK *");
        await client.SendLineAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, command, Plain("alice@example.org", "secret")));
        await store.AcceptImapLoginAsync();
        await client.ExpectAsync("a OK *");
    }

    [Fact]
    public async Task Sasl_plain_and_login_by_challenge_each_twice_in_one_session()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 143);
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.ExpectAsync("* OK *");
        await client.SendLineAsync("a AUTHENTICATE PLAIN");
        await client.ExpectAsync("+ ");
        await client.SendLineAsync(Plain("alice@example.org", "wrong"));
        await client.ExpectAsync("a NO [AUTHENTICATIONFAILED] *");
        await client.SendLineAsync("b AUTHENTICATE LOGIN");
        await client.ExpectAsync("+ VXNlcm5hbWU6");
        await client.SendLineAsync(Convert.ToBase64String("alice@example.org"u8));
        await client.ExpectAsync("+ UGFzc3dvcmQ6");
        await client.SendLineAsync(Convert.ToBase64String("wrong"u8));
        await client.ExpectAsync("b NO [AUTHENTICATIONFAILED] *");
        await client.SendLineAsync($"c AUTHENTICATE LOGIN {Convert.ToBase64String("alice@example.org"u8)}");
        await client.ExpectAsync("+ UGFzc3dvcmQ6");
        await client.SendLineAsync("*");
        await client.ExpectAsync("c BAD *cancelled*");
        await client.SendLineAsync("d AUTHENTICATE PLAIN");
        await client.ExpectAsync("+ ");
        await client.SendLineAsync(Plain("alice@example.org", "secret"));
        await store.AcceptImapLoginAsync();
        await client.ExpectAsync("d OK *");
    }

    [Fact]
    public async Task Login_with_synchronizing_and_non_synchronizing_literals()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 143);
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.ExpectAsync("* OK *");
        await client.SendLineAsync("a LOGIN {17}");
        await client.ExpectAsync("+ *");
        await client.SendAsync("alice@example.org {6+}\r\nsecret\r\n");
        await store.AcceptImapLoginAsync();
        await client.ExpectAsync("a OK *");
    }

    [Fact]
    public async Task What_is_sent_ahead_goes_to_the_store_after_login()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 143);
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.ExpectAsync("* OK *");
        await client.SendAsync("a LOGIN alice@example.org secret\r\nb SELECT INBOX\r\nc FETCH 1:* FLAGS\r\n");
        var proxy = await store.AcceptImapLoginAsync();
        await client.ExpectAsync("a OK *");
        await proxy.ExpectAsync("b SELECT INBOX");
        await proxy.ExpectAsync("c FETCH 1:[*] FLAGS".Replace("[*]", "\\*", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_sent_ahead_is_parsed_as_commands_when_the_login_fails()
    {
        await using var rig = new ProxyRig(on);
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.ExpectAsync("* OK *");
        await client.SendAsync("a LOGIN alice@example.org wrong\r\nb NOOP\r\n");
        await client.ExpectAsync("a NO [AUTHENTICATIONFAILED] *");
        await client.ExpectAsync("b OK *");
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_user_sound_the_same()
    {
        await using var rig = new ProxyRig(on);
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.ExpectAsync("* OK *");
        await client.SendLineAsync("a LOGIN alice@example.org wrong");
        var wrong = await client.ReadLineAsync();
        await client.SendLineAsync("a LOGIN nobody@example.org wrong");
        Assert.Equal(wrong, await client.ReadLineAsync());
        await client.SendLineAsync("a LOGIN dora@example.org wrong");
        Assert.Equal(wrong, await client.ReadLineAsync());
        await client.SendLineAsync("a LOGIN dora@example.org secret");
        await client.ExpectAsync("a NO [CONTACTADMIN] *");
    }

    [Fact]
    public async Task A_failed_login_leaves_nothing_for_the_next()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-2", 143);
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.ExpectAsync("* OK *");
        await client.SendLineAsync("a LOGIN alice@example.org wrong");
        await client.ExpectAsync("a NO *");
        await client.SendLineAsync("b LOGIN bob@example.org secret");
        var proxy = await store.AcceptOneAsync();
        await proxy.SendLineAsync("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] store");
        var login = await proxy.ExpectAsync("L AUTHENTICATE PLAIN *");
        Assert.Equal("bob@example.org\0proxy\0master", Encoding.UTF8.GetString(Convert.FromBase64String(login.Split(' ')[3])));
    }

    [Fact]
    public async Task The_budget_of_failed_logins_ends_the_session()
    {
        await using var rig = new ProxyRig(on);
        rig.Limits.LoginAttempts = 2;
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.ExpectAsync("* OK *");
        await client.SendLineAsync("a LOGIN alice@example.org wrong");
        await client.ExpectAsync("a NO *");
        await client.SendLineAsync("b LOGIN alice@example.org wrong");
        await client.ExpectAsync("b NO *");
        await client.ExpectAsync("\\* BYE *");
        await client.ExpectEndAsync();
    }

    [Fact]
    public async Task The_budget_of_useless_commands_ends_the_session()
    {
        await using var rig = new ProxyRig(on);
        rig.Limits.JunkCommands = 2;
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.ExpectAsync("* OK *");
        await client.SendAsync("a NOOP\r\nb FETCH 1\r\nc NOOP\r\n");
        await client.ExpectAsync("a OK *");
        await client.ExpectAsync("b BAD *");
        await client.ExpectUntilAsync("\\* BYE *");
        await client.ExpectEndAsync();
    }

    [Fact]
    public async Task A_command_that_never_ends_is_told_goodbye()
    {
        await using var rig = new ProxyRig(on);
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.ExpectAsync("* OK *");
        await client.SendAsync("a LOGIN " + new string('x', 20_000));
        await client.ExpectAsync("\\* BYE [LIMIT] *");
        await client.ExpectEndAsync();
    }

    [Theory]
    [InlineData("a LOGIN \"ali\u0001ce\" secret\r\n")]
    [InlineData("a LOGIN {7+}\r\nali\r\nce secret\r\n")]
    [InlineData("a LOGIN alice@example.org {3+}\r\n\0ab\r\n")]
    public async Task Control_characters_in_credentials_are_refused_before_they_reach_anything(string command)
    {
        await using var rig = new ProxyRig(on);
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.ExpectAsync("* OK *");
        await client.SendAsync(command);
        await client.ExpectAsync("a BAD *");
        await client.SendLineAsync("b NOOP");
        await client.ExpectAsync("b OK *");
    }

    [Fact]
    public async Task Without_tls_no_password_is_taken_where_it_is_required()
    {
        await using var rig = new ProxyRig(on) { ClearText = ClearTextPolicy.Never };
        await using var store = await rig.StoreAsync("store-1", 143);
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.ExpectAsync("* OK [CAPABILITY *STARTTLS LOGINDISABLED] *");
        await client.SendLineAsync("a LOGIN alice@example.org secret");
        await client.ExpectAsync("a NO [PRIVACYREQUIRED] *");
        await client.SendLineAsync("b STARTTLS");
        await client.ExpectAsync("b OK *");
        await client.BecomeEncryptedAsync(rig.ClientTls);
        await client.SendLineAsync("c CAPABILITY");
        Assert.DoesNotContain("STARTTLS", await client.ExpectAsync("\\* CAPABILITY *AUTH=PLAIN*"), StringComparison.Ordinal);
        await client.ExpectAsync("c OK *");
        await client.SendLineAsync("d LOGIN alice@example.org secret");
        await store.AcceptImapLoginAsync();
        await client.ExpectAsync("d OK *");
    }

    [Fact]
    public async Task Commands_in_clear_behind_starttls_end_the_session()
    {
        await using var rig = new ProxyRig(on);
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.ExpectAsync("* OK *");
        await client.SendAsync("a STARTTLS\r\nb LOGIN alice@example.org secret\r\n");
        await client.ExpectUntilAsync("\\* BYE *");
        await client.ExpectEndAsync();
    }

    [Fact]
    public async Task Implicit_tls_from_the_first_octet()
    {
        await using var rig = new ProxyRig(on) { ClearText = ClearTextPolicy.Never };
        await using var store = await rig.StoreAsync("store-1", 143);
        var client = await rig.ConnectAsync(MailProtocol.Imap, ListenerTlsMode.Implicit);
        await client.BecomeEncryptedAsync(rig.ClientTls with { ApplicationProtocol = "imap" });
        await client.ExpectAsync("* OK *");
        await client.SendLineAsync("a LOGIN alice@example.org secret");
        await store.AcceptImapLoginAsync();
        await client.ExpectAsync("a OK *");
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("POST /x HTTP/1.1\r\nHost: mail\r\n\r\n")]
    public async Task A_web_browser_is_sent_away(string request)
    {
        await using var rig = new ProxyRig(on);
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.ExpectAsync("* OK *");
        await client.SendAsync(request);
        await client.ExpectUntilAsync("\\* BYE *");
        await client.ExpectEndAsync();
    }

    [Fact]
    public async Task A_store_that_is_down_is_unavailable_and_never_a_wrong_password()
    {
        await using var rig = new ProxyRig(on);
        rig.Router.AddStore("store-2", state: StoreState.Offline);
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.ExpectAsync("* OK *");

        // Nobody listens, then offline by its checks, then no such store.
        foreach (var user in new[] { "alice", "bob", "erik" })
        {
            await client.SendLineAsync($"a LOGIN {user}@example.org secret");
            await client.ExpectAsync("a NO [UNAVAILABLE] *");
        }

        Assert.Contains(rig.Log.Entries, entry => entry.Level == LogLevel.Warning && entry.Text.Contains("while Connecting: StoreUnreachable", StringComparison.Ordinal));
        Assert.Contains(rig.Log.Entries, entry => entry.Level == LogLevel.Warning && entry.Text.Contains("while Routing: StoreUnreachable", StringComparison.Ordinal));
        Assert.Contains(rig.Log.Entries, entry => entry.Level == LogLevel.Warning && entry.Text.Contains("while Routing: NoRoute", StringComparison.Ordinal));
    }
}
