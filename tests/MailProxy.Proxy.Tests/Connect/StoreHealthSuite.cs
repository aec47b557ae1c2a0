using MailProxy.Proxy.Tests.Rig;
using MailProxy.Routing.Catalog;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.Proxy.Tests.Connect;

/// <summary>Stores with several addresses, addresses that are of no use, and what the node does about them.</summary>
public abstract class StoreHealthSuite(RigTransport on)
{
    private const string Alice = "alice@example.org";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("store-1")]
    [InlineData("store-1b")]
    public async Task An_address_that_refuses_is_followed_by_the_next(string living)
    {
        await using var rig = new ProxyRig(on);
        rig.Router.AddStore("store-1", also: "store-1b");
        var store = await rig.StoreAsync(living, 143);
        var client = await LogInAsync(rig);
        await store.AcceptImapLoginAsync();
        await client.ExpectAsync("a OK *");
    }

    [Theory]
    [InlineData("* BYE not today\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    [InlineData("")]
    public async Task A_wrong_greeting_is_followed_by_the_next_address(string greeting)
    {
        await using var rig = new ProxyRig(on);
        var (first, second) = await TwoAsync(rig, 143);
        var client = await LogInAsync(rig);
        var wrong = await first.AcceptOneAsync();
        await wrong.SendAsync(greeting);
        await wrong.DisposeAsync();
        await second.AcceptImapLoginAsync();
        await client.ExpectAsync("a OK *");
        Assert.Equal(1, FailuresOf(rig));
    }

    [Fact]
    public async Task An_address_that_is_silent_uses_up_its_own_share_only()
    {
        await using var rig = new ProxyRig(on);
        var (first, second) = await TwoAsync(rig, 143);
        var client = await LogInAsync(rig);
        await first.AcceptOneAsync();
        var accepted = second.AcceptImapLoginAsync();
        await AdvanceUntilAsync(rig, accepted, rig.Limits.StoreConnect + TimeSpan.FromSeconds(2));
        await client.ExpectAsync("a OK *");
    }

    [Fact]
    public async Task By_pop3_and_by_lmtp_the_next_address_is_tried_as_well()
    {
        await using var rig = new ProxyRig(on);
        rig.Router.AddStore("store-1", also: "store-1b");
        var pop3 = await rig.StoreAsync("store-1b", 110);
        var lmtp = await rig.StoreAsync("store-1b", 24);
        var client = await rig.ConnectAsync(MailProtocol.Pop3);
        await client.ExpectAsync("+OK *");
        await client.SendLineAsync($"USER {Alice}");
        await client.ExpectAsync("+OK*");
        await client.SendLineAsync("PASS secret");
        await pop3.AcceptPop3LoginAsync();
        await client.ExpectAsync("+OK *");

        var sender = await rig.ConnectAsync(MailProtocol.Mx);
        await HelloAsync(sender);
        await sender.SendLineAsync($"RCPT TO:<{Alice}>");
        var store = await lmtp.AcceptLmtpAsync();
        await store.TakeRecipientAsync(Alice);
        await sender.ExpectAsync("250 *");
    }

    [Fact]
    public async Task After_five_wrong_greetings_in_a_row_users_hear_it_at_once_and_a_probe_brings_them_back()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 143);
        await BreakAsync(rig, store);
        var client = await AgainAsync(rig);
        await client.ExpectAsync("a NO [UNAVAILABLE] *");
        Assert.Contains(rig.Log.Entries, entry => entry.Text.Contains("store-1 is down", StringComparison.Ordinal));

        // Had the login been dialled, this would be it: it is the probe. The first finds the store as it was, the second well.
        await (await ProbeAsync(rig, store)).DisposeAsync();
        var probe = await ProbeAsync(rig, store);
        await probe.SendLineAsync("* OK store");
        await probe.ExpectAsync("P LOGOUT");
        await UntilAsync(() => rig.Node.Health.Down.Count == 0);
        await client.SendLineAsync($"b LOGIN {Alice} secret");
        await store.AcceptImapLoginAsync();
        await client.ExpectAsync("b OK *");
        Assert.Contains(rig.Log.Entries, entry => entry.Text.Contains("serves again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_users_refused_logins_do_not_open_it()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 143);
        for (var i = 0; i < rig.Stores.Health.Failures + 1; i++)
        {
            var client = i == 0 ? await LogInAsync(rig) : await AgainAsync(rig);
            var proxy = await store.AcceptOneAsync();
            await proxy.SendLineAsync("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] store");
            await proxy.ExpectAsync("L AUTHENTICATE PLAIN *");
            await proxy.SendLineAsync("L NO [AUTHENTICATIONFAILED] not you");
            await client.ExpectAsync("a NO [UNAVAILABLE] *");
        }

        Assert.Empty(rig.Node.Health.Down);
        Assert.Equal(0, FailuresOf(rig));
    }

    [Fact]
    public async Task A_client_that_leaves_and_a_node_that_stops_tell_nothing_of_a_store_that_was_silent_meanwhile()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 143);
        var client = await LogInAsync(rig);
        var proxy = await store.AcceptOneAsync();

        // Only the Linux transport sees that a client has left which is not being read.
        var ended = on == RigTransport.Linux ? client.DisposeAsync().AsTask() : rig.Server!.StopAsync(TimeSpan.FromSeconds(5));
        await proxy.ExpectGoneAsync();
        await ended;
        Assert.Equal(0, FailuresOf(rig));
    }

    [Fact]
    public async Task A_login_that_is_never_answered_tells_nothing_of_the_store_but_no_greeting_does()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 143);
        var client = await LogInAsync(rig);
        var proxy = await store.AcceptOneAsync();
        await proxy.SendLineAsync("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] store");
        await proxy.ExpectAsync("L AUTHENTICATE PLAIN *");
        rig.Time.Advance(rig.Limits.StoreLogin + TimeSpan.FromSeconds(1));
        await client.ExpectAsync("a NO [UNAVAILABLE] *");
        Assert.Equal(0, FailuresOf(rig));

        await client.SendLineAsync($"b LOGIN {Alice} secret");
        await store.AcceptOneAsync();
        await AdvanceUntilAsync(rig, client.ExpectAsync("b NO [UNAVAILABLE] *"), rig.Limits.StoreGreeting * 3);
        Assert.Equal(1, FailuresOf(rig));
    }

    [Fact]
    public async Task A_store_that_greets_and_answers_no_login_is_taken_for_down_when_it_befell_several_users_and_back_when_it_answers_one()
    {
        await using var rig = new ProxyRig(on);
        rig.Stores.Health.SilentUsers = 2;
        await using var store = await rig.StoreAsync("store-1", 143);

        // One user alone, however often.
        rig.Router.Pin("bob@example.org", "store-1");
        DialogueClient? client = null;
        foreach (var user in new[] { Alice, Alice, Alice, "bob@example.org" })
        {
            client = client is null ? await rig.ConnectAsync(MailProtocol.Imap) : await rig.ConnectAgainAsync();
            await client.ExpectAsync("\\* OK *");
            Assert.Empty(rig.Node.Health.Down);
            await client.SendLineAsync($"a LOGIN {user} secret");
            await LeaveUnansweredAsync(rig, store);
            await client.ExpectAsync("a NO [UNAVAILABLE] *");
        }

        Assert.Equal("imap", Assert.Single(rig.Node.Health.Down).Service);
        Assert.Contains(rig.Log.Entries, entry => entry.Text.Contains("left the logins of 2 users without an answer", StringComparison.Ordinal));
        await client!.SendLineAsync($"b LOGIN {Alice} secret");
        await client.ExpectAsync("b NO [UNAVAILABLE] *");

        // It greets the probe, as it did all the while: the next login is tried, and hears what the store says.
        var probe = await ProbeAsync(rig, store);
        await probe.SendLineAsync("* OK store");
        await probe.ExpectAsync("P LOGOUT");
        await UntilAsync(() => rig.Log.Entries.Any(entry => entry.Text.Contains("the next login is tried", StringComparison.Ordinal)));
        await client.SendLineAsync($"c LOGIN {Alice} secret");
        await store.AcceptImapLoginAsync();
        await client.ExpectAsync("c OK *");
        Assert.Empty(rig.Node.Health.Down);
    }

    [Fact]
    public async Task Tls_that_fails_counts()
    {
        await using var rig = new ProxyRig(on);
        rig.Router.AddStore("store-1", StoreTlsMode.StartTls);
        await using var store = await rig.StoreAsync("store-1", 143);
        var client = await LogInAsync(rig);
        var proxy = await store.AcceptOneAsync();
        await proxy.SendLineAsync("* OK store");
        await proxy.ExpectAsync("T STARTTLS");
        await proxy.SendLineAsync("T NO certificate expired");
        await client.ExpectAsync("a NO [UNAVAILABLE] *");
        Assert.Equal(1, FailuresOf(rig));
    }

    [Fact]
    public async Task Senders_hear_a_temporary_failure_at_once_when_the_store_is_down()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 24);
        var client = await rig.ConnectAsync(MailProtocol.Mx);
        await HelloAsync(client);
        for (var i = 0; i < rig.Stores.Health.Failures; i++)
        {
            await client.SendLineAsync($"RCPT TO:<{Alice}>");
            await (await store.AcceptOneAsync()).DisposeAsync();
            await client.ExpectAsync("451 4.4.* *");
        }

        await client.SendLineAsync($"RCPT TO:<{Alice}>");
        await client.ExpectAsync("451 4.4.1 *");
        Assert.Equal("lmtp", Assert.Single(rig.Node.Health.Down).Service);
        var probe = await ProbeAsync(rig, store);
        await probe.SendLineAsync("220 store LMTP");
        await probe.ExpectAsync("LHLO mail.example.org");
        await probe.SendLineAsync("250 store");
        await probe.ExpectAsync("QUIT");
    }

    [Fact]
    public async Task Users_of_a_store_that_has_come_back_are_let_in_by_turns()
    {
        await using var rig = new ProxyRig(on);
        rig.Stores.Health.ReturnLogins = 2;
        await using var store = await rig.StoreAsync("store-1", 143);
        rig.Router.HealthOf("store-1").MarkBack();
        List<DialogueClient> clients = [await LogInAsync(rig)];
        for (var i = 0; i < 3; i++)
        {
            clients.Add(await AgainAsync(rig));
        }

        var one = await store.AcceptOneAsync();
        var two = await store.AcceptOneAsync();
        await UntilAsync(() => rig.Router.HealthOf("store-1").Waiting == 2);
        await GreetAndLetInAsync(one);
        var three = await store.AcceptOneAsync();
        Assert.Equal(1, rig.Router.HealthOf("store-1").Waiting);
        await GreetAndLetInAsync(two);
        var four = await store.AcceptOneAsync();
        await GreetAndLetInAsync(three);
        await GreetAndLetInAsync(four);
        foreach (var client in clients)
        {
            await client.ExpectAsync("a OK *");
        }
    }

    [Fact]
    public async Task Who_gets_no_turn_in_time_hears_a_temporary_failure()
    {
        await using var rig = new ProxyRig(on);
        (rig.Stores.Health.ReturnLogins, rig.Stores.Health.ReturnWait, rig.Stores.Health.ReturnTime) = (1, TimeSpan.FromSeconds(0.5), TimeSpan.FromMinutes(1));
        await using var store = await rig.StoreAsync("store-1", 143);
        rig.Router.HealthOf("store-1").MarkBack();
        var first = await LogInAsync(rig);
        var proxy = await store.AcceptOneAsync();
        var others = new[] { await AgainAsync(rig), await AgainAsync(rig) };
        await UntilAsync(() => rig.Router.HealthOf("store-1").Waiting == 2);

        // After a second, when the deadlines are looked at, one more may come in: which of the two, or none, is chance. The store says nothing to it.
        rig.Time.Advance(TimeSpan.FromSeconds(1));
        var line = await await Task.WhenAny(others.Select(other => other.ReadLineAsync()));
        Assert.StartsWith("a NO [UNAVAILABLE]", line, StringComparison.Ordinal);
        await GreetAndLetInAsync(proxy);
        await first.ExpectAsync("a OK *");
    }

    private static async Task GreetAndLetInAsync(DialogueClient proxy)
    {
        await proxy.SendLineAsync("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] store");
        await proxy.ExpectAsync("L AUTHENTICATE PLAIN *");
        await proxy.SendLineAsync("L OK [CAPABILITY IMAP4rev1] in");
    }

    private static async Task LeaveUnansweredAsync(ProxyRig rig, ScriptedStore store)
    {
        var proxy = await store.AcceptOneAsync();
        await proxy.SendLineAsync("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] store");
        await proxy.ExpectAsync("L AUTHENTICATE PLAIN *");
        rig.Time.Advance(rig.Limits.StoreLogin + TimeSpan.FromSeconds(1));
    }

    private static async Task HelloAsync(DialogueClient client)
    {
        await client.ExpectAsync("220 *");
        await client.SendLineAsync("EHLO mx.example.net");
        await client.ExpectUntilAsync("250 *");
        await client.SendLineAsync("MAIL FROM:<me@example.net>");
        await client.ExpectAsync("250 *");
    }

    private static async Task<DialogueClient> LogInAsync(ProxyRig rig) => await LogInAsync(await rig.ConnectAsync(MailProtocol.Imap));

    private static async Task<DialogueClient> AgainAsync(ProxyRig rig) => await LogInAsync(await rig.ConnectAgainAsync());

    private static async Task<DialogueClient> LogInAsync(DialogueClient client)
    {
        await client.ExpectAsync("\\* OK *");
        await client.SendLineAsync($"a LOGIN {Alice} secret");
        return client;
    }

    // As many wrong greetings as open the breaker.
    private static async Task BreakAsync(ProxyRig rig, ScriptedStore store)
    {
        for (var i = 0; i < rig.Stores.Health.Failures; i++)
        {
            var client = i == 0 ? await LogInAsync(rig) : await AgainAsync(rig);
            var proxy = await store.AcceptOneAsync();
            await proxy.SendAsync("garbage\r\n");
            await client.ExpectAsync("a NO [UNAVAILABLE] *");
            await proxy.DisposeAsync();
        }
    }

    // Both addresses of Alice's store, hers first.
    private static async Task<(ScriptedStore First, ScriptedStore Second)> TwoAsync(ProxyRig rig, int port)
    {
        rig.Router.AddStore("store-1", also: "store-1b");
        var (one, other) = (await rig.StoreAsync("store-1", port), await rig.StoreAsync("store-1b", port));
        var node = rig.Router.Route(Alice, "store-1").Store!;
        return CandidateOrder.Of(node, StoreService.Imap, Alice)[0] == node.Candidates[0] ? (one, other) : (other, one);
    }

    private static int FailuresOf(ProxyRig rig) =>
        rig.Router.Route(Alice, "store-1").Store!.Candidates.Sum(candidate => candidate.For(StoreService.Imap)!.Failures);

    private static async Task<DialogueClient> ProbeAsync(ProxyRig rig, ScriptedStore store)
    {
        var probe = store.AcceptOneAsync();
        await AdvanceUntilAsync(rig, probe, TimeSpan.FromMinutes(5));
        return await probe;
    }

    // In steps, each looked at: what waits for the clock may not have begun to wait yet.
    private static async Task AdvanceUntilAsync(ProxyRig rig, Task done, TimeSpan most)
    {
        for (var passed = TimeSpan.Zero; !done.IsCompleted && passed < most; passed += TimeSpan.FromSeconds(0.5))
        {
            rig.Time.Advance(TimeSpan.FromSeconds(0.5));
            await Task.WhenAny(done, Beat.WaitAsync(50));
        }

        await done.WaitAsync(Patience);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition())
        {
            await Beat.WaitAsync(5, patience.Token);
        }
    }
}
