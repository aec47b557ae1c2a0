using MailProxy.Proxy.Accept;
using MailProxy.Proxy.Live;
using MailProxy.Proxy.Sessions;
using MailProxy.Proxy.Tests.Rig;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.Proxy.Tests.Sessions;

/// <summary>What operators see of sessions, and how they end them; and settings that are exchanged under way.</summary>
public abstract class LiveSessionsSuite(RigTransport on)
{
    private const string Farewell = "An administrator has ended this session, please connect again.";

    [Fact]
    public async Task Before_login_a_session_shows_its_phase_and_nobodys_name()
    {
        await using var rig = new ProxyRig(on);
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.ExpectAsync("* OK *");
        rig.Time.Advance(TimeSpan.FromSeconds(3));
        var told = Assert.Single((await PageAsync(rig, page => page.Sessions is [{ Phase: "Authenticating" }])).Sessions);
        Assert.Equal(("imap", null, null, "none", TimeSpan.FromSeconds(3)), (told.Protocol, told.User, told.Store, told.Tls, told.Age));
        Assert.Equal(on == RigTransport.Memory, told.Client is null);
        Assert.False(told.IsEnding);
    }

    [Fact]
    public async Task A_spliced_session_shows_user_store_why_and_octets_as_they_move()
    {
        await using var rig = new ProxyRig(on);
        var (client, proxy) = await LogInAsync(rig);
        var before = Assert.Single((await PageAsync(rig, page => page.Sessions is [{ Phase: "Splicing", BytesIn: 8, BytesOut: 6 }])).Sessions);
        Assert.Equal(("alice@example.org", "store-1", "table says store-1"), (before.User, before.Store, before.Why));
        await client.SendLineAsync("b NOOP");
        await proxy.ExpectAsync("b NOOP");
        await proxy.SendLineAsync("b OK");
        await client.ExpectAsync("b OK");
        await PageAsync(rig, page => page.Sessions is [{ BytesIn: 16, BytesOut: 12 }]);
        Assert.Equal(1, rig.Node.Sessions.ByStore()["store-1"]);
    }

    [Fact]
    public async Task With_tls_the_version_and_cipher_are_told()
    {
        await using var rig = new ProxyRig(on);
        var client = await rig.ConnectAsync(MailProtocol.Imap, ListenerTlsMode.Implicit);
        await client.BecomeEncryptedAsync(rig.ClientTls);
        await client.ExpectAsync("* OK *");
        Assert.StartsWith("Tls1", Assert.Single(rig.Node.Sessions.Page(null, null, 10).Sessions).Tls, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kicked_user_hears_the_goodbye_and_may_come_again()
    {
        await using var rig = new ProxyRig(on);
        var (client, _) = await LogInAsync(rig);
        Assert.Equal(0, rig.Node.Sessions.KickUser("bob@example.org"));
        Assert.Equal(1, rig.Node.Sessions.KickUser("alice@example.org"));
        await client.ExpectAsync($"\\* BYE [UNAVAILABLE] {Farewell}");
        await client.ExpectEndAsync();
        await PageAsync(rig, page => page.Total == 0);
        var again = await rig.ConnectAgainAsync();
        await again.ExpectAsync("* OK *");
    }

    [Fact]
    public async Task A_session_that_is_kicked_before_login_hears_it_too_and_no_other()
    {
        await using var rig = new ProxyRig(on);
        var client = await rig.ConnectAsync(MailProtocol.Pop3);
        await client.ExpectAsync("+OK *");
        var id = Assert.Single(rig.Node.Sessions.Page(null, null, 10).Sessions).Id;
        var other = await rig.ConnectAgainAsync();
        await other.ExpectAsync("+OK *");
        Assert.Equal(0, rig.Node.Sessions.KickSession("0000000000000"));
        Assert.Equal(0, rig.Node.Sessions.KickSession("no id"));
        Assert.Equal(1, rig.Node.Sessions.KickSession(id));
        await client.ExpectAsync($"-ERR [SYS/TEMP] {Farewell}");
        await client.ExpectEndAsync();
        var left = Assert.Single((await PageAsync(rig, page => page.Total == 1)).Sessions);
        Assert.NotEqual(id, left.Id);
        await other.SendLineAsync("NOOP");
        await other.ExpectAsync("*");
    }

    [Fact]
    public async Task Pages_show_every_session_once()
    {
        await using var rig = new ProxyRig(on);
        await (await rig.ConnectAsync(MailProtocol.Imap)).ExpectAsync("* OK *");
        for (var i = 1; i < 5; i++)
        {
            await (await rig.ConnectAgainAsync()).ExpectAsync("* OK *");
        }

        var seen = new List<string>();
        string? after = null;
        do
        {
            var page = rig.Node.Sessions.Page(null, after, 2);
            Assert.InRange(page.Sessions.Count, 1, 2);
            Assert.Equal(5, page.Total);
            seen.AddRange(page.Sessions.Select(session => session.Id));
            after = page.Next;
        }
        while (after is not null);
        Assert.Equal(5, seen.Distinct().Count());
        Assert.Equal(5, seen.Count);
    }

    [Fact]
    public async Task Some_are_asked_to_end_each_once()
    {
        await using var rig = new ProxyRig(on);
        var first = await rig.ConnectAsync(MailProtocol.Imap);
        var second = await rig.ConnectAgainAsync();
        await first.ExpectAsync("* OK *");
        await second.ExpectAsync("* OK *");
        var farewells = rig.Node.Sessions.BeginFarewells();
        Assert.Equal(2, farewells.EndSome(0, "test"));
        Assert.Equal(1, farewells.EndSome(1, "test"));
        var late = await rig.ConnectAgainAsync();
        await late.ExpectAsync("* OK *");
        Assert.Equal(0, farewells.EndSome(5, "test"));
        Assert.Equal(0, farewells.EndSome(5, "test"));
        await late.ExpectAsync("\\* BYE [UNAVAILABLE] This server is shutting down, please connect again.");
        await first.ExpectAsync("\\* BYE [UNAVAILABLE] This server is shutting down, please connect again.");
        await second.ExpectAsync("\\* BYE [UNAVAILABLE] This server is shutting down, please connect again.");
    }

    [Fact]
    public async Task Other_settings_count_for_the_next_connection_and_leave_sessions_alone()
    {
        await using var rig = new ProxyRig(on);
        var (client, proxy) = await LogInAsync(rig);
        rig.Node.Use(rig.Settings! with { HostName = "other.example.org", Limits = new LimitOptions { PreLogin = TimeSpan.FromSeconds(10), FailureDelay = TimeSpan.Zero } });
        await client.SendLineAsync("b NOOP");
        await proxy.ExpectAsync("b NOOP");
        var next = await rig.ConnectAgainAsync();
        await next.ExpectAsync("\\* OK [*] other.example.org *");
        rig.Time.Advance(TimeSpan.FromSeconds(12));
        await next.ExpectAsync("\\* BYE [UNAVAILABLE] No login in time, goodbye.");
        await proxy.SendLineAsync("b OK");
        await client.ExpectAsync("b OK");
    }

    [Fact]
    public void Ids_read_back()
    {
        foreach (var number in new[] { 0UL, 1UL, ulong.MaxValue, 0x8000_0000_0000_0000UL, 1234567890123456789UL })
        {
            Assert.True(SessionIds.TryParse(SessionIds.TextOf(number), out var read));
            Assert.Equal(number, read);
        }

        Assert.False(SessionIds.TryParse("000000000000z", out _));
        Assert.False(SessionIds.TryParse("00000000000l0", out _));
        Assert.False(SessionIds.TryParse("", out _));
    }

    private static async Task<SessionListingPage> PageAsync(ProxyRig rig, Predicate<SessionListingPage> isWanted)
    {
        // Each direction is counted once its octets have gone, which a peer may see before.
        for (var beat = 0; ; beat++)
        {
            var page = rig.Node.Sessions.Page(null, null, 100);
            if (isWanted(page))
            {
                return page;
            }

            Assert.True(beat < 3_000, $"Not what was wanted: {string.Join(", ", page.Sessions)}");
            await Beat.WaitAsync(10, TestContext.Current.CancellationToken);
        }
    }

    private static async Task<(DialogueClient Client, DialogueClient Proxy)> LogInAsync(ProxyRig rig)
    {
        var store = await rig.StoreAsync("store-1", 143);
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.ExpectAsync("* OK *");
        await client.SendLineAsync("a LOGIN alice@example.org secret");
        var proxy = await store.AcceptImapLoginAsync();
        await client.ExpectAsync("a OK *");
        await client.SendLineAsync("z NOOP");
        await proxy.ExpectAsync("z NOOP");
        await proxy.SendLineAsync("z OK");
        await client.ExpectAsync("z OK");
        return (client, proxy);
    }
}
