using MailProxy.Proxy.Tests.Rig;
using MailProxy.Routing;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.Proxy.Tests.Sessions;

/// <summary>What a proxy does for a user whom a move holds, and when it says that the user is gone from it.</summary>
public abstract class MovingUserSuite(RigTransport on)
{
    private const string Alice = "alice@example.org";

    [Fact]
    public async Task A_hold_by_a_move_ends_the_session_and_the_user_is_gone_then()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 143);
        var client = await LogInAsync(rig);
        await using var proxy = await store.AcceptImapLoginAsync();
        await client.ExpectAsync("a OK *");
        await client.SendLineAsync("b NOOP");
        await proxy.ExpectAsync("b NOOP");

        // Nothing is under way then: the goodbye comes at once.
        await proxy.SendLineAsync("b OK");
        await client.ExpectAsync("b OK");
        var left = WhenLeft(rig);
        Assert.True(rig.Node.Presence.IsPresent(Alice));

        rig.Router.HoldForMove(Alice, "m1");

        await left;
        Assert.False(rig.Node.Presence.IsPresent(Alice));
        await client.ExpectAsync("\\* BYE *");
        await client.ExpectGoneAsync();
        await rig.Server!.StopAsync(TimeSpan.FromSeconds(5));
        Assert.Contains(rig.Log.Entries, entry => entry.Text.Contains("being moved (table says store-1)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_operators_own_hold_leaves_the_session_alone()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 143);
        var client = await LogInAsync(rig);
        await using var proxy = await store.AcceptImapLoginAsync();
        await client.ExpectAsync("a OK *");
        rig.Router.Hold(Alice, true);
        await client.SendLineAsync("b NOOP");
        await proxy.ExpectAsync("b NOOP");
        Assert.True(rig.Node.Presence.IsPresent(Alice));
    }

    [Fact]
    public async Task Twenty_sessions_of_one_user_are_all_over_before_the_user_is_gone()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 143);
        var sessions = new List<DialogueClient>();
        for (var number = 0; number < 20; number++)
        {
            var client = number == 0 ? await rig.ConnectAsync(MailProtocol.Imap) : await rig.ConnectAgainAsync();
            await client.ExpectAsync("* OK *");
            await client.SendLineAsync($"a LOGIN {Alice} secret");
            sessions.Add(await store.AcceptImapLoginAsync());
            await client.ExpectAsync("a OK *");
        }

        // The first answer may be read before the twentieth session is spliced.
        Assert.Equal(20, rig.Node.LinkedSessions);
        var left = WhenLeft(rig);
        rig.Router.HoldForMove(Alice, "m1");
        await left;
        Assert.Equal(0, rig.Node.LinkedSessions);
        foreach (var session in sessions)
        {
            await session.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_login_under_way_counts_until_it_has_let_go_of_the_old_store_and_goes_on_at_the_new_one()
    {
        await using var rig = new ProxyRig(on);
        await using var old = await rig.StoreAsync("store-1", 143);
        await using var home = await rig.StoreAsync("store-2", 143);
        var client = await LogInAsync(rig);
        var first = await old.AcceptOneAsync();
        await first.SendLineAsync("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] store");
        await first.ExpectAsync("L AUTHENTICATE PLAIN *");
        rig.Router.HoldForMove(Alice, "m1");
        Assert.True(rig.Node.Presence.IsPresent(Alice));
        var left = WhenLeft(rig);
        await first.SendLineAsync("L OK [CAPABILITY IMAP4rev1] in");

        await left;
        Assert.False(rig.Node.Presence.IsPresent(Alice));
        await first.ExpectGoneAsync();
        rig.Router.Pin(Alice, "store-2");
        rig.Router.Hold(Alice, false);
        await home.AcceptImapLoginAsync("IMAP4rev1 NEWHOME");
        await client.ExpectAsync("a OK [CAPABILITY IMAP4rev1 NEWHOME] *");
    }

    [Fact]
    public async Task A_change_ends_the_sessions_of_those_whom_it_names_and_one_of_the_slots_asks_for_everybody()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 143);
        const string Bob = "bob@example.org";
        rig.Router.AddStore("store-2");
        rig.Router.Pin(Bob, "store-1");
        var alice = await LogInAsync(rig);
        await using var alices = await store.AcceptImapLoginAsync();
        await alice.ExpectAsync("a OK *");
        var bob = await rig.ConnectAgainAsync();
        await bob.ExpectAsync("\\* OK *");
        await bob.SendLineAsync($"a LOGIN {Bob} secret");
        await using var bobs = await store.AcceptImapLoginAsync();
        await bob.ExpectAsync("a OK *");

        // Bob's home is another, and the change that is announced names Alice only: nobody looks at Bob.
        rig.Router.PinSilently(Bob, "store-2");
        rig.Router.Pin(Alice, "store-2");
        await alice.ExpectAsync("\\* BYE [UNAVAILABLE] *");
        Assert.True(rig.Node.Presence.IsPresent(Bob));
        rig.Router.Announce(RouteChange.Nobody);
        Assert.True(rig.Node.Presence.IsPresent(Bob));
        rig.Router.Announce(RouteChange.Anybody);
        await bob.ExpectAsync("\\* BYE [UNAVAILABLE] *");
    }

    [Fact]
    public async Task A_login_that_waits_does_not_count()
    {
        await using var rig = new ProxyRig(on);
        rig.Router.HoldForMove(Alice, "m1");
        _ = await LogInAsync(rig);
        await rig.Router.HeldLoginWaitsAsync;
        Assert.False(rig.Node.Presence.IsPresent(Alice));
    }

    [Fact]
    public async Task A_message_counts_from_data_to_its_verdict()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 24);
        var client = await OpenAsync(rig);
        var proxy = await NameAliceAsync(client, store);
        Assert.False(rig.Node.Presence.IsPresent(Alice));
        await client.SendLineAsync("DATA");
        var data = proxy.TakeDataAsync();
        await client.ExpectAsync("354 *");
        rig.Router.HoldForMove(Alice, "m1");
        Assert.True(rig.Node.Presence.IsPresent(Alice));
        var left = WhenLeft(rig);
        await client.SendAsync("Subject: x\r\n\r\n.\r\n");
        await data;
        Assert.True(rig.Node.Presence.IsPresent(Alice));
        await proxy.SendLineAsync("250 2.1.5 stored");
        await client.ExpectAsync("250 *");
        await left;
    }

    [Theory]
    [InlineData("DATA")]
    [InlineData("BDAT 4 LAST")]
    public async Task A_message_whose_user_is_held_since_rcpt_is_refused_for_now_and_the_session_goes_on(string command)
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 24);
        var client = await OpenAsync(rig);
        await NameAliceAsync(client, store);
        rig.Router.HoldForMove(Alice, "m1");
        await client.SendLineAsync(command);
        if (command != "DATA")
        {
            await client.SendAsync("a\r\n\r");
        }

        await client.ExpectAsync("450 4.2.1 *");
        Assert.False(rig.Node.Presence.IsPresent(Alice));
        await client.SendLineAsync("MAIL FROM:<me@example.net>");
        await client.ExpectAsync("250 *");
        await client.SendLineAsync($"RCPT TO:<{Alice}>");
        await client.ExpectAsync("450 4.2.1 *");
    }

    [Fact]
    public async Task A_message_whose_user_moved_since_rcpt_is_refused_for_now()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 24);
        var client = await OpenAsync(rig);
        await NameAliceAsync(client, store);
        rig.Router.Pin(Alice, "store-2");
        await client.SendLineAsync("DATA");
        await client.ExpectAsync("450 4.2.1 *");
    }

    [Fact]
    public async Task A_store_that_has_sent_the_user_on_makes_it_temporary_and_its_address_is_not_told()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 24);
        var client = await OpenAsync(rig);
        await client.SendLineAsync($"RCPT TO:<{Alice}>");
        var proxy = await store.AcceptLmtpAsync();
        await proxy.ExpectUntilAsync("RCPT TO:*");
        await proxy.SendLineAsync($"550 5.2.900 <{Alice}@10.0.0.2:24>");
        var answer = await client.ReadLineAsync();
        Assert.StartsWith("450 4.2.1 ", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("10.0.0.2", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_that_the_old_store_refuses_because_the_user_is_leaving_waits_and_goes_on_at_the_new_one()
    {
        await using var rig = new ProxyRig(on);
        await using var old = await rig.StoreAsync("store-1", 143);
        await using var home = await rig.StoreAsync("store-2", 143);
        var client = await LogInAsync(rig);
        var first = await old.AcceptOneAsync();
        await first.SendLineAsync("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] store");
        await first.ExpectAsync("L AUTHENTICATE PLAIN *");
        rig.Router.HoldForMove(Alice, "m1");
        await first.SendLineAsync("L NO [UNAVAILABLE] this user is being moved");
        await rig.Router.HeldLoginWaitsAsync;
        rig.Router.Pin(Alice, "store-2");
        rig.Router.Hold(Alice, false);
        await home.AcceptImapLoginAsync("IMAP4rev1 NEWHOME");
        await client.ExpectAsync("a OK [CAPABILITY IMAP4rev1 NEWHOME] *");
    }

    private static Task WhenLeft(ProxyRig rig)
    {
        var presence = rig.Node.Presence;
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        presence.Left += user =>
        {
            if (user == Alice && !presence.IsPresent(user))
            {
                left.TrySetResult();
            }
        };
        return left.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    private static async Task<DialogueClient> OpenAsync(ProxyRig rig)
    {
        var client = await rig.ConnectAsync(MailProtocol.Mx);
        await client.ExpectAsync("220 *");
        await client.SendLineAsync("EHLO mx.example.net");
        await client.ExpectUntilAsync("250 *");
        await client.SendLineAsync("MAIL FROM:<me@example.net>");
        await client.ExpectAsync("250 *");
        return client;
    }

    private static async Task<DialogueClient> NameAliceAsync(DialogueClient client, ScriptedStore store)
    {
        await client.SendLineAsync($"RCPT TO:<{Alice}>");
        var proxy = await store.AcceptLmtpAsync();
        await proxy.TakeRecipientAsync(Alice);
        await client.ExpectAsync("250 *");
        return proxy;
    }

    private static async Task<DialogueClient> LogInAsync(ProxyRig rig)
    {
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.ExpectAsync("* OK *");
        await client.SendLineAsync($"a LOGIN {Alice} secret");
        return client;
    }
}
