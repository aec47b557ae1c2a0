using MailProxy.Proxy.Tests.Rig;
using MailProxy.Routing.Catalog;
using MailProxy.Testing;
using MailProxy.Transport.Tls;
using Xunit;

namespace MailProxy.Proxy.Tests.Connect;

/// <summary>Stores that say that the user lives elsewhere, before routing knows.</summary>
public abstract class ReferralSuite(RigTransport on)
{
    private const string Alice = "alice@example.org";
    private const string AliceInUrl = "alice%40example.org";

    [Fact]
    public async Task Imap_is_followed_to_a_store_of_the_catalog_and_the_session_stays_there()
    {
        await using var rig = new ProxyRig(on);
        var (one, two) = (await rig.StoreAsync("store-1", 143), await rig.StoreAsync("store-2", 143));
        var client = await LogInAsync(rig);
        await ReferAsync(one, Place(rig));
        var proxy = await two.AcceptImapLoginAsync();
        await client.ExpectAsync("a OK *");

        // Routing still names the old store, and then the new one: neither is news for this session.
        rig.Router.Pin("bob@example.org", "store-1");
        rig.Router.Pin(Alice, "store-2");
        await client.SendLineAsync("b NOOP");
        await proxy.ExpectAsync("b NOOP");
        await proxy.SendLineAsync("b OK");
        await client.ExpectAsync("b OK");
        Assert.Contains(rig.Log.Entries, entry => entry.Text.Contains("goes to store-2 because of table says store-1, referred by store-1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_third_store_in_the_rules_ends_a_session_that_was_referred()
    {
        await using var rig = new ProxyRig(on);
        rig.Router.AddStore("store-3");
        var (one, two) = (await rig.StoreAsync("store-1", 143), await rig.StoreAsync("store-2", 143));
        var client = await LogInAsync(rig);
        await ReferAsync(one, "store-2");
        await two.AcceptImapLoginAsync();
        await client.ExpectAsync("a OK *");
        rig.Router.Pin(Alice, "store-3");
        await client.ExpectAsync("\\* BYE *");
    }

    [Fact]
    public async Task The_loop_guard_is_counted_down()
    {
        await using var rig = new ProxyRig(on);
        rig.Router.AddStore("store-2", StoreTlsMode.StartTls, login: "external");
        var (one, two) = (await rig.StoreAsync("store-1", 143), await rig.StoreAsync("store-2", 143));
        var client = await LogInAsync(rig);
        await ReferAsync(one, "store-2");
        var proxy = await two.AcceptOneAsync();
        await proxy.SendLineAsync("* OK store");
        await proxy.ExpectAsync("T STARTTLS");
        await proxy.SendLineAsync("T OK begin");
        Assert.Equal(TlsOutcome.Done, await proxy.Connection.Features.Get<ITlsFeature>()!.BecomeServerAsync(rig.StoreTls("store-2"), CancellationToken.None));
        await proxy.ExpectAsync("C CAPABILITY");
        await proxy.SendAsync("* CAPABILITY IMAP4rev1 SASL-IR ID AUTH=EXTERNAL\r\nC OK\r\n");
        await proxy.ExpectAsync("I ID (*\"x-proxy-ttl\" \"4\")");
        await proxy.ExpectAsync("L AUTHENTICATE EXTERNAL *");
        await proxy.SendAsync("* ID NIL\r\nI OK\r\nL OK [CAPABILITY IMAP4rev1] in\r\n");
        await client.ExpectAsync("a OK *");
    }

    [Theory]
    [InlineData("imap://alice%40example.org@10.99.99.99:143/", "no store of the catalog")]
    [InlineData("imap://alice%40example.org@evil.example.net/", "no store of the catalog")]
    [InlineData("imap://bob%40example.org@store-2/", "to another user")]
    [InlineData("imap://alice%40example.org@store-1/", "in a circle")]
    [InlineData("imap://store-2/", "cannot be read")]
    public async Task To_anywhere_else_it_is_not_followed_and_the_failure_is_temporary(string url, string why)
    {
        await using var rig = new ProxyRig(on);
        var one = await rig.StoreAsync("store-1", 143);
        var client = await LogInAsync(rig);
        await ReferToAsync(one, url);
        await client.ExpectAsync("a NO [UNAVAILABLE] Temporary*");
        Assert.Contains(rig.Log.Entries, entry => entry.Text.Contains("StoreReferred", StringComparison.Ordinal) && entry.Text.Contains(why, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stores_that_send_a_user_back_and_forth_are_a_circle()
    {
        await using var rig = new ProxyRig(on);
        var (one, two) = (await rig.StoreAsync("store-1", 143), await rig.StoreAsync("store-2", 143));
        var client = await LogInAsync(rig);
        await ReferAsync(one, "store-2");
        await ReferAsync(two, "store-1");
        await client.ExpectAsync("a NO [UNAVAILABLE] *");
        Assert.Contains(rig.Log.Entries, entry => entry.Text.Contains("in a circle, to store-1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task At_most_two_are_followed()
    {
        await using var rig = new ProxyRig(on);
        rig.Router.AddStore("store-3");
        rig.Router.AddStore("store-4");
        var client = await StartAsync(rig);
        var stores = new List<ScriptedStore>();
        foreach (var id in new[] { "store-1", "store-2", "store-3" })
        {
            stores.Add(await rig.StoreAsync(id, 143));
        }

        await client.SendLineAsync($"a LOGIN {Alice} secret");
        await ReferAsync(stores[0], "store-2");
        await ReferAsync(stores[1], "store-3");
        await ReferAsync(stores[2], "store-4");
        await client.ExpectAsync("a NO [UNAVAILABLE] *");
    }

    [Fact]
    public async Task When_routing_has_the_news_it_decides()
    {
        await using var rig = new ProxyRig(on);
        var (one, two) = (await rig.StoreAsync("store-1", 143), await rig.StoreAsync("store-2", 143));
        var client = await LogInAsync(rig);
        var proxy = await one.AcceptOneAsync();
        await proxy.SendLineAsync("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] store");
        await proxy.ExpectAsync("L AUTHENTICATE PLAIN *");
        rig.Router.Pin(Alice, "store-2");
        await proxy.SendLineAsync($"L NO [REFERRAL imap://{AliceInUrl}@somewhere.example.net/] gone");
        await two.AcceptImapLoginAsync();
        await client.ExpectAsync("a OK *");
    }

    [Fact]
    public async Task Pop3_is_followed()
    {
        await using var rig = new ProxyRig(on);
        var (one, two) = (await rig.StoreAsync("store-1", 110), await rig.StoreAsync("store-2", 110));
        var client = await rig.ConnectAsync(MailProtocol.Pop3);
        await client.ExpectAsync("+OK *");
        await client.SendLineAsync($"USER {Alice}");
        await client.ExpectAsync("+OK*");
        await client.SendLineAsync("PASS secret");
        var proxy = await one.AcceptOneAsync();
        await proxy.SendLineAsync("+OK store");
        await proxy.ExpectAsync("AUTH PLAIN *");
        await proxy.SendLineAsync($"-ERR [REFERRAL/{Alice}@store-2:110] gone");
        await two.AcceptPop3LoginAsync();
        await client.ExpectAsync("+OK *");
    }

    [Fact]
    public async Task A_recipient_is_followed()
    {
        await using var rig = new ProxyRig(on);
        var (one, two) = (await rig.StoreAsync("store-1", 24), await rig.StoreAsync("store-2", 24));
        var client = await rig.ConnectAsync(MailProtocol.Mx);
        await HelloAsync(client);
        await client.SendLineAsync($"RCPT TO:<{Alice}>");
        var old = await one.AcceptLmtpAsync();
        await old.ExpectAsync($"RCPT TO:<{Alice}>");
        await old.SendLineAsync($"550 5.2.900 <{Alice}@store-2:24>");
        var now = await two.AcceptLmtpAsync();
        await now.TakeRecipientAsync(Alice);
        await client.ExpectAsync("250 *");
        await client.SendLineAsync("DATA");
        var data = now.TakeDataAsync();
        await client.ExpectAsync("354 *");
        await client.SendAsync("Subject: x\r\n\r\nbody\r\n.\r\n");
        Assert.Contains("body", await data);
        await now.SendLineAsync("250 2.0.0 OK");
        await client.ExpectAsync("250 *");
        await old.AssertCutAsync();
    }

    [Fact]
    public async Task A_recipient_who_is_referred_to_nobody_we_know_is_put_off()
    {
        await using var rig = new ProxyRig(on);
        var one = await rig.StoreAsync("store-1", 24);
        var client = await rig.ConnectAsync(MailProtocol.Mx);
        await HelloAsync(client);
        await client.SendLineAsync($"RCPT TO:<{Alice}>");
        var old = await one.AcceptLmtpAsync();
        await old.ExpectAsync($"RCPT TO:<{Alice}>");
        await old.SendLineAsync($"550 5.2.900 <{Alice}@evil.example.net:24>");
        await client.ExpectAsync("450 4.2.1 *");
        Assert.Contains(rig.Log.Entries, entry => entry.Text.Contains("no store of the catalog", StringComparison.Ordinal));
    }

    private static async Task HelloAsync(DialogueClient client)
    {
        await client.ExpectAsync("220 *");
        await client.SendLineAsync("EHLO mx.example.net");
        await client.ExpectUntilAsync("250 *");
        await client.SendLineAsync("MAIL FROM:<me@example.net>");
        await client.ExpectAsync("250 *");
    }

    private static async Task<DialogueClient> StartAsync(ProxyRig rig)
    {
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.ExpectAsync("\\* OK *");
        return client;
    }

    private static async Task<DialogueClient> LogInAsync(ProxyRig rig)
    {
        var client = await StartAsync(rig);
        await client.SendLineAsync($"a LOGIN {Alice} secret");
        return client;
    }

    private static Task ReferAsync(ScriptedStore store, string place) => ReferToAsync(store, $"imap://{AliceInUrl}@{place}/");

    private static async Task ReferToAsync(ScriptedStore store, string url)
    {
        var proxy = await store.AcceptOneAsync();
        await proxy.SendLineAsync("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] store");
        await proxy.ExpectAsync("L AUTHENTICATE PLAIN *");
        await proxy.SendLineAsync($"L NO [REFERRAL {url}] gone");
    }

    // On sockets as the reference store says it, by address and port; in memory there are ids only.
    private string Place(ProxyRig rig) => on == RigTransport.Memory ? "store-2" : rig.HostAndPortOf("store-2", 143);
}
