using MailProxy.Proxy.Count;
using MailProxy.Proxy.Tests.Rig;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.Proxy.Tests.Count;

public abstract class UserSessionsSuite(RigTransport on)
{
    [Theory]
    [InlineData(MailProtocol.Imap, "a NO [LIMIT] Too many sessions.")]
    [InlineData(MailProtocol.Pop3, "-ERR [IN-USE] Too many sessions.")]
    [InlineData(MailProtocol.Submission, "421 4.7.0 Too many sessions.")]
    public async Task One_session_too_many_is_refused_until_another_ends(MailProtocol protocol, string refusal)
    {
        await using var rig = new ProxyRig(on);
        rig.Limits.SessionsPerUser = 1;
        await using var store = await rig.StoreAsync("store-1", protocol == MailProtocol.Pop3 ? 110 : 143);
        var first = await LogInAsync(rig, protocol, store);
        var second = await OpenAsync(rig, protocol);
        await AskAsync(second, protocol, "alice");
        await second.ExpectAsync(refusal);
        if (protocol == MailProtocol.Submission)
        {
            // RFC 5321 3.8: 421 closes the channel.
            await second.ExpectEndAsync();
        }

        Assert.Contains(rig.Log.Entries, entry => entry.Text.Contains("refused: alice@example.org has 1 sessions on this node (Limits:SessionsPerUser)", StringComparison.Ordinal));
        first.Connection.Abort();
        await NobodyIsCountedAsync(rig);
        await LogInAsync(rig, protocol, store);
        Assert.NotEqual(0, rig.Node.CountedUsers);
    }

    [Fact]
    public async Task Who_was_refused_may_try_again_on_the_same_connection_and_others_are_not_touched()
    {
        await using var rig = new ProxyRig(on);
        rig.Limits.SessionsPerUser = 1;
        await using var store = await rig.StoreAsync("store-1", 143);
        await using var other = await rig.StoreAsync("store-2", 143);
        var first = await LogInAsync(rig, MailProtocol.Imap, store);
        var second = await OpenAsync(rig, MailProtocol.Imap);
        await AskAsync(second, MailProtocol.Imap, "alice");
        await second.ExpectAsync("a NO [LIMIT] *");
        first.Connection.Abort();
        await NobodyIsCountedAsync(rig);
        await AskAsync(second, MailProtocol.Imap, "alice");
        await store.AcceptImapLoginAsync();
        await second.ExpectAsync("a OK *");
        var bob = await OpenAsync(rig, MailProtocol.Imap);
        await AskAsync(bob, MailProtocol.Imap, "bob");
        await other.AcceptImapLoginAsync();
        await bob.ExpectAsync("a OK *");
    }

    [Fact]
    public async Task A_login_that_fails_behind_the_directory_leaves_nothing_counted()
    {
        await using var rig = new ProxyRig(on);
        rig.Limits.SessionsPerUser = 1;
        await using var store = await rig.StoreAsync("store-1", 143);
        var client = await OpenAsync(rig, MailProtocol.Imap);

        // The route leads nowhere; the password is wrong; the store refuses; the store goes; the client goes.
        await AskAsync(client, MailProtocol.Imap, "erik");
        await client.ExpectAsync("a NO [UNAVAILABLE] *");
        await client.SendLineAsync("a LOGIN alice@example.org wrong");
        await client.ExpectAsync("a NO [AUTHENTICATIONFAILED] *");
        await AskAsync(client, MailProtocol.Imap, "alice");
        var proxy = await store.AcceptOneAsync();
        await proxy.SendLineAsync("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] store");
        await proxy.ExpectAsync("L AUTHENTICATE PLAIN *");
        await proxy.SendLineAsync("L NO [UNAVAILABLE] not now");
        await client.ExpectAsync("a NO [UNAVAILABLE] *");
        Assert.Equal(0, rig.Node.CountedUsers);
        await AskAsync(client, MailProtocol.Imap, "alice");
        (await store.AcceptOneAsync()).Connection.Abort();
        await client.ExpectAsync("a NO [UNAVAILABLE] *");
        Assert.Equal(0, rig.Node.CountedUsers);
        var leaving = await OpenAsync(rig, MailProtocol.Imap);
        await AskAsync(leaving, MailProtocol.Imap, "alice");
        var silent = await store.AcceptOneAsync();
        Assert.Equal(on == RigTransport.Memory ? 1 : 2, rig.Node.CountedUsers);
        leaving.Connection.Abort();

        // Only the Linux transport sees at once that a client left whom nobody reads from.
        silent.Connection.Abort();
        await NobodyIsCountedAsync(rig);
    }

    [Fact]
    public async Task A_user_who_moves_and_a_node_that_stops_leave_nothing_counted()
    {
        await using var rig = new ProxyRig(on);
        rig.Limits.SessionsPerUser = 1;
        await using var store = await rig.StoreAsync("store-1", 143);
        await using var home = await rig.StoreAsync("store-2", 143);
        var moved = await LogInAsync(rig, MailProtocol.Imap, store);
        rig.Router.Pin("alice@example.org", "store-2");
        await moved.ExpectAsync("\\* BYE *");
        await moved.ExpectGoneAsync();
        await NobodyIsCountedAsync(rig);
        await LogInAsync(rig, MailProtocol.Imap, home);
        await rig.Server!.StopAsync(TimeSpan.Zero);
        await NobodyIsCountedAsync(rig);
    }

    [Fact]
    public async Task One_address_has_its_own_cap()
    {
        await using var rig = new ProxyRig(on);
        rig.Limits.SessionsPerUserAndAddress = 1;
        await using var store = await rig.StoreAsync("store-1", 143);
        await LogInAsync(rig, MailProtocol.Imap, store);
        if (on == RigTransport.Memory)
        {
            // Clients without addresses are counted by user only.
            await LogInAsync(rig, MailProtocol.Imap, store);
            return;
        }

        var second = await OpenAsync(rig, MailProtocol.Imap);
        await AskAsync(second, MailProtocol.Imap, "alice");
        await second.ExpectAsync("a NO [LIMIT] *");
        Assert.Contains(rig.Log.Entries, entry => entry.Text.Contains("from this address on this node (Limits:SessionsPerUserAndAddress)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task However_many_log_in_at_once_never_more_than_the_cap_are_in()
    {
        const int Cap = 5;
        const int Clients = 40;
        await using var rig = new ProxyRig(on);
        rig.Limits.SessionsPerUser = Cap;
        await using var store = await rig.StoreAsync("store-1", 143);
        _ = await OpenAsync(rig, MailProtocol.Imap);
        var clients = new List<DialogueClient>();
        for (var i = 0; i < Clients; i++)
        {
            var client = await rig.ConnectAgainAsync();
            await client.ExpectAsync("* OK *");
            clients.Add(client);
        }

        var answers = clients.Select(client => Task.Run(async () =>
        {
            await AskAsync(client, MailProtocol.Imap, "alice");
            return (await client.ReadLineAsync())!;
        })).ToList();
        for (var i = 0; i < Cap; i++)
        {
            await store.AcceptImapLoginAsync();
        }

        var lines = await Task.WhenAll(answers);
        Assert.Equal((Cap, Clients - Cap), (lines.Count(line => line.StartsWith("a OK", StringComparison.Ordinal)), lines.Count(line => line.StartsWith("a NO [LIMIT]", StringComparison.Ordinal))));
        clients.ForEach(client => client.Connection.Abort());
        await NobodyIsCountedAsync(rig);
    }

    [Fact]
    public async Task What_all_nodes_count_holds_and_where_it_cannot_be_asked_the_nodes_own_count_does()
    {
        var shared = new ScriptedSharedSessions();
        await using var rig = new ProxyRig(on) { SharedSessions = shared };
        rig.Limits.SessionsPerUser = 2;
        await using var store = await rig.StoreAsync("store-1", 143);
        var first = await LogInAsync(rig, MailProtocol.Imap, store);
        shared.Verdict = SessionCap.User;
        var second = await OpenAsync(rig, MailProtocol.Imap);
        await AskAsync(second, MailProtocol.Imap, "alice");
        await second.ExpectAsync("a NO [LIMIT] *");
        Assert.Contains(rig.Log.Entries, entry => entry.Text.Contains("has 2 sessions on all nodes", StringComparison.Ordinal));
        shared.Verdict = null;
        await AskAsync(second, MailProtocol.Imap, "alice");
        await store.AcceptImapLoginAsync();
        await second.ExpectAsync("a OK *");

        // The rig holds what the test does not: a store's side that is collected is a session that ends.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var third = await OpenAsync(rig, MailProtocol.Imap);
        await AskAsync(third, MailProtocol.Imap, "alice");
        await third.ExpectAsync("a NO [LIMIT] *");
        Assert.Equal(2, shared.Count);
        first.Connection.Abort();
        second.Connection.Abort();
        await NobodyIsCountedAsync(rig);
        Assert.Equal(0, shared.Count);
    }

    [Fact]
    public async Task Without_a_cap_nothing_is_counted()
    {
        await using var rig = new ProxyRig(on) { SharedSessions = new ScriptedSharedSessions { Verdict = SessionCap.User } };
        await using var store = await rig.StoreAsync("store-1", 143);
        await LogInAsync(rig, MailProtocol.Imap, store);
        Assert.Equal(0, rig.Node.CountedUsers);
    }

    private static async Task<DialogueClient> OpenAsync(ProxyRig rig, MailProtocol protocol)
    {
        var client = rig.Server is null || protocol != MailProtocol.Imap ? await rig.ConnectAsync(protocol) : await rig.ConnectAgainAsync();
        Assert.Contains("mail.example.org", await client.ReadLineAsync(), StringComparison.Ordinal);
        return client;
    }

    private static async Task AskAsync(DialogueClient client, MailProtocol protocol, string user)
    {
        switch (protocol)
        {
            case MailProtocol.Imap:
                await client.SendLineAsync($"a LOGIN {user}@example.org secret");
                break;
            case MailProtocol.Pop3:
                await client.SendLineAsync($"USER {user}@example.org");
                await client.ExpectAsync("+OK*");
                await client.SendLineAsync("PASS secret");
                break;
            default:
                await client.SendLineAsync("EHLO laptop");
                await client.ExpectUntilAsync("250 *");
                await client.SendLineAsync($"AUTH PLAIN {Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"\0{user}@example.org\0secret"))}");
                break;
        }
    }

    private static async Task<DialogueClient> LogInAsync(ProxyRig rig, MailProtocol protocol, ScriptedStore store)
    {
        var client = await OpenAsync(rig, protocol);
        await AskAsync(client, protocol, "alice");
        switch (protocol)
        {
            case MailProtocol.Imap:
                await store.AcceptImapLoginAsync();
                await client.ExpectAsync("a OK *");
                break;
            case MailProtocol.Pop3:
                await store.AcceptPop3LoginAsync();
                await client.ExpectAsync("+OK*");
                break;
            default:
                // The relay's own: the home store takes no submission.
                await client.ExpectAsync("235 2.7.0 *");
                break;
        }

        return client;
    }

    private static async Task NobodyIsCountedAsync(ProxyRig rig)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (rig.Node.CountedUsers > 0)
        {
            Assert.False(patience.IsCancellationRequested, "A session that ended is still counted.");
            await Task.Yield();
        }
    }
}
