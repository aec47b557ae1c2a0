using MailProxy.Proxy.Tests.Rig;
using MailProxy.Routing.Catalog;
using MailProxy.Testing;
using MailProxy.Transport.Tls;
using Microsoft.Extensions.Logging;
using Xunit;

namespace MailProxy.Proxy.Tests.Imap;

public abstract class ImapStoreLegSuite(RigTransport on)
{
    [Theory]
    [InlineData("* PREAUTH welcome\r\n", "StoreProtocolError")]
    [InlineData("* BYE full\r\n", "StoreProtocolError")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n", "StoreProtocolError")]
    [InlineData("* OK [CAPABILITY IMAP4rev1] no sasl\r\n", "StoreRefusedLogin")]
    public async Task A_store_that_greets_wrongly_is_our_trouble_not_the_users(string greeting, string failure)
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 143);
        var client = await LogInAsync(rig);
        var proxy = await store.AcceptOneAsync();
        await proxy.SendAsync(greeting);
        await client.ExpectAsync("a NO [UNAVAILABLE] *");
        await proxy.ExpectGoneAsync();
        Assert.Contains(rig.Log.Entries, entry => entry.Text.Contains($"while StoreLogin: {failure}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("L NO [AUTHENTICATIONFAILED] no", "a NO [UNAVAILABLE] *", LogLevel.Error)]
    [InlineData("L NO [LIMIT] You have 10 sessions", "a NO [LIMIT] You have 10 sessions", LogLevel.Debug)]
    [InlineData("L NO [UNAVAILABLE] index locked", "a NO [UNAVAILABLE] Temporary*", LogLevel.Warning)]
    public async Task The_stores_verdict_is_told_in_our_words_unless_it_is_meant_for_the_user(string verdict, string answer, LogLevel level)
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 143);
        var client = await LogInAsync(rig);
        var proxy = await store.AcceptOneAsync();
        await proxy.SendLineAsync("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] store");
        await proxy.ExpectAsync("L AUTHENTICATE PLAIN *");
        await proxy.SendLineAsync(verdict);
        await client.ExpectAsync(answer);
        Assert.Contains(rig.Log.Entries, entry => entry.Level == level && entry.Text.Contains("failed while StoreLogin", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_is_promised_before_the_store_has_answered()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 143);
        var client = await LogInAsync(rig);
        var proxy = await store.AcceptOneAsync();
        await proxy.SendLineAsync("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] store");
        await proxy.ExpectAsync("L AUTHENTICATE PLAIN *");
        await proxy.DisposeAsync();
        await client.ExpectAsync("a NO [UNAVAILABLE] *");
    }

    [Fact]
    public async Task A_store_that_never_answers_is_given_up_at_the_deadline()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 143);
        var client = await LogInAsync(rig);
        var proxy = await store.AcceptOneAsync();
        await proxy.SendLineAsync("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] store");
        await proxy.ExpectAsync("L AUTHENTICATE PLAIN *");
        rig.Time.Advance(rig.Limits.StoreLogin + TimeSpan.FromSeconds(1));
        await client.ExpectAsync("a NO [UNAVAILABLE] *");
        Assert.Contains(rig.Log.Entries, entry => entry.Text.Contains("StoreTimeout", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_store_that_answers_without_end_is_cut_off()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 143);
        var client = await LogInAsync(rig);
        var proxy = await store.AcceptOneAsync();
        await proxy.SendLineAsync("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] store");
        await proxy.ExpectAsync("L AUTHENTICATE PLAIN *");
        var flood = FloodAsync(proxy);
        await client.ExpectAsync("a NO [UNAVAILABLE] *");
        await flood;
    }

    [Fact]
    public async Task Without_sasl_ir_the_response_waits_for_the_continuation_and_capabilities_are_asked_for_if_not_given()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 143);
        var client = await LogInAsync(rig);
        var proxy = await store.AcceptOneAsync();
        await proxy.SendLineAsync("* OK hello");
        await proxy.ExpectAsync("C CAPABILITY");
        await proxy.SendAsync("* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nC OK\r\n");
        await proxy.ExpectAsync("L AUTHENTICATE PLAIN");
        await proxy.SendLineAsync("+ ");
        await proxy.ExpectAsync("?*");
        await proxy.SendLineAsync("L OK in");
        await proxy.ExpectAsync("D CAPABILITY");
        await proxy.SendAsync("* CAPABILITY IMAP4rev1 QUOTA\r\nD OK\r\n");
        await client.ExpectAsync("a OK [CAPABILITY IMAP4rev1 QUOTA] in");
    }

    [Fact]
    public async Task A_store_without_starttls_where_it_is_required_gets_no_credentials()
    {
        await using var rig = new ProxyRig(on);
        rig.Router.AddStore("store-1", StoreTlsMode.StartTls);
        await using var store = await rig.StoreAsync("store-1", 143);
        var client = await LogInAsync(rig);
        var proxy = await store.AcceptOneAsync();
        await proxy.SendLineAsync("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] stripped");
        await proxy.ExpectAsync("T STARTTLS");
        await proxy.SendLineAsync("T BAD what");
        await client.ExpectAsync("a NO [UNAVAILABLE] *");
        await proxy.ExpectGoneAsync();
        Assert.Contains(rig.Log.Entries, entry => entry.Text.Contains("StoreTlsFailed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Replies_behind_the_stores_starttls_fail_the_attempt()
    {
        await using var rig = new ProxyRig(on);
        rig.Router.AddStore("store-1", StoreTlsMode.StartTls);
        await using var store = await rig.StoreAsync("store-1", 143);
        var client = await LogInAsync(rig);
        var proxy = await store.AcceptOneAsync();
        await proxy.SendLineAsync("* OK hello");
        await proxy.ExpectAsync("T STARTTLS");
        await proxy.SendAsync("T OK begin\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n");
        await client.ExpectAsync("a NO [UNAVAILABLE] *");
        Assert.Contains(rig.Log.Entries, entry => entry.Text.Contains("StoreTlsFailed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task After_starttls_the_store_is_asked_again_and_told_who_the_client_is()
    {
        await using var rig = new ProxyRig(on);
        rig.Router.AddStore("store-1", StoreTlsMode.StartTls, login: "external");
        await using var store = await rig.StoreAsync("store-1", 143);
        var client = await LogInAsync(rig);
        var proxy = await store.AcceptOneAsync();
        await proxy.SendLineAsync("* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=BOGUS] hello");
        await proxy.ExpectAsync("T STARTTLS");
        await proxy.SendLineAsync("T OK begin");
        var outcome = await proxy.Connection.Features.Get<ITlsFeature>()!.BecomeServerAsync(rig.StoreTls("store-1"), CancellationToken.None);
        Assert.Equal(TlsOutcome.Done, outcome);
        await proxy.ExpectAsync("C CAPABILITY");
        await proxy.SendAsync("* CAPABILITY IMAP4rev1 SASL-IR ID AUTH=EXTERNAL\r\nC OK\r\n");
        await proxy.ExpectAsync("I ID (*\"x-session-id\" \"*\" \"x-proxy-ttl\" \"5\")");
        await proxy.ExpectAsync("L AUTHENTICATE EXTERNAL " + Convert.ToBase64String("alice@example.org"u8));
        await proxy.SendAsync("* ID NIL\r\nI OK\r\nL OK [CAPABILITY IMAP4rev1] in\r\n");
        await client.ExpectAsync("a OK *");
    }

    private static async Task<DialogueClient> LogInAsync(ProxyRig rig)
    {
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.ExpectAsync("* OK *");
        await client.SendLineAsync("a LOGIN alice@example.org secret");
        return client;
    }

    private static async Task FloodAsync(DialogueClient store)
    {
        try
        {
            for (var i = 0; i < 10_000; i++)
            {
                await store.SendLineAsync("* OK still thinking");
            }
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException)
        {
            // Cut off, as it should be.
        }
    }
}
