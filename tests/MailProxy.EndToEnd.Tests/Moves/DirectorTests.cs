using System.Globalization;
using System.Text;
using MailProxy.EndToEnd.Tests.Rig;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Moves;

/// <summary>
/// What a director of sessions is asked to do well, one case each: what the client reads, octet for octet, and where the mail is afterwards. Where a
/// move has to stand still, a slow sender makes it: a message that is under way to the user keeps the proxy from confirming.
/// </summary>
[Collection(nameof(DevClusterCollection))]
public sealed class DirectorTests(DevClusterFixture cluster)
{
    private const string Bye = "* BYE [UNAVAILABLE] Your mailbox has moved, please connect again.\r\n";

    [Fact]
    public async Task A_login_that_comes_during_the_move_waits_and_goes_on_at_the_new_store()
    {
        var user = await NewUserAsync("before");
        using var slow = await BeginMessageAsync(user);
        await using var move = Move(user, "store-2");
        await move.SeeAsync("waiting for proxy-1");
        using var client = await PlainClient.ConnectAsync(cluster.Port(143));
        await client.SayAsync($"a LOGIN {user} secret\r\n");
        var answer = client.LineAsync();

        await EndMessageAsync(slow);

        Assert.StartsWith("a OK [CAPABILITY ", await answer, StringComparison.Ordinal);
        await MustEndAsync(move, user, "store-2");
        await cluster.Process.SeeAsync($"goes to store-2 because of pin mailproxy/users/{user}");
        Assert.Equal(["before", "slow"], await InboxAsync(user));
    }

    [Fact]
    public async Task A_login_whose_secret_comes_after_the_move_is_at_the_new_store()
    {
        var user = await NewUserAsync("before");
        using var client = await PlainClient.ConnectAsync(cluster.Port(143));
        await client.SayAsync("a AUTHENTICATE PLAIN\r\n");
        Assert.Equal("+ \r\n", await client.LineAsync());

        await MoveAsync(user, "store-2");

        await client.SayAsync(Convert.ToBase64String(Encoding.ASCII.GetBytes($"\0{user}\0secret")) + "\r\n");
        Assert.StartsWith("a OK [CAPABILITY ", await client.LineAsync(), StringComparison.Ordinal);
        await client.SayAsync("b SELECT INBOX\r\n");
        Assert.Contains("* 1 EXISTS\r\n", await client.SeeAsync("b OK"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_in_idle_reads_the_goodbye_and_nothing_else()
    {
        var user = await NewUserAsync("before");
        using var client = await PlainClient.SelectAsync(cluster.Port(143), user);
        await client.SayAsync("c IDLE\r\n");
        Assert.StartsWith("+ ", await client.LineAsync(), StringComparison.Ordinal);

        await MoveAsync(user, "store-2");

        Assert.Equal(Bye, await client.RestAsync());
        Assert.Equal(["before"], await InboxAsync(user));
    }

    [Fact]
    public async Task A_fetch_under_way_is_answered_to_its_end_before_the_goodbye()
    {
        // More than the buffers between store and client hold.
        var user = cluster.TakeUser("store-1");
        var message = Messages.Make("big", lines: 300_000);
        await MailSender.SendAsync(cluster.Port(25), "me@example.net", [user], message);
        using var client = await PlainClient.SelectAsync(cluster.Port(143), user);
        await client.SayAsync("c UID FETCH 1 (UID BODY.PEEK[])\r\n");
        var head = await client.LineAsync();
        await using var move = Move(user, "store-2");
        await move.SeeAsync("is on hold");

        var rest = await client.RestAsync();

        Assert.StartsWith("* 1 FETCH (", head, StringComparison.Ordinal);
        var size = SizeOf(head);
        Assert.Equal(message, Messages.WithoutTrace(Encoding.Latin1.GetBytes(rest[..size])));
        var behind = rest[size..];
        Assert.StartsWith(")\r\nc OK ", behind, StringComparison.Ordinal);
        Assert.EndsWith("\r\n" + Bye, behind, StringComparison.Ordinal);
        Assert.Equal(3, behind.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        await MustEndAsync(move, user, "store-2");
        Assert.Equal(["big"], await InboxAsync(user));
    }

    [Fact]
    public async Task A_fetch_whose_client_does_not_read_is_cut_and_the_move_goes_on()
    {
        var user = cluster.TakeUser("store-1");
        await MailSender.SendAsync(cluster.Port(25), "me@example.net", [user], Messages.Make("big", lines: 300_000));
        using var client = await PlainClient.SelectAsync(cluster.Port(143), user);
        await client.SayAsync("c UID FETCH 1 (UID BODY.PEEK[])\r\n");
        var size = SizeOf(await client.LineAsync());

        await MoveAsync(user, "store-2");

        // What was on its way, and nothing that looks like an answer's end behind half a literal.
        var rest = await client.RestAsync(mayBeReset: true);
        Assert.True(rest.Length < size, $"{rest.Length} of {size} octets");
        Assert.DoesNotContain("* BYE", rest, StringComparison.Ordinal);
        Assert.Equal(["big"], await InboxAsync(user));
    }

    [Fact]
    public async Task An_append_that_is_finished_during_the_hold_is_answered_and_is_there_once()
    {
        var user = await NewUserAsync("before");
        var message = Messages.Make("appended");
        using var slow = await BeginMessageAsync(user);
        using var client = await PlainClient.SelectAsync(cluster.Port(143), user);
        await client.SayAsync($"c APPEND INBOX {{{message.Length}}}\r\n");
        Assert.StartsWith("+ ", await client.LineAsync(), StringComparison.Ordinal);
        await client.SayAsync(message[..100]);
        await using var move = Move(user, "store-2");
        await move.SeeAsync("waiting for proxy-1");

        await client.SayAsync(message[100..] + "\r\n");

        var answer = await client.RestAsync();
        Assert.Contains("\r\nc OK [APPENDUID ", "\r\n" + answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n" + Bye, answer, StringComparison.Ordinal);
        await EndMessageAsync(slow);
        await MustEndAsync(move, user, "store-2");
        Assert.Equal(["before", "appended", "slow"], await InboxAsync(user));
    }

    [Fact]
    public async Task Twenty_sessions_of_one_user_all_hear_the_goodbye_and_are_back_at_the_new_store()
    {
        var user = await NewUserAsync("before");
        var clients = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => PlainClient.SelectAsync(cluster.Port(143), user)));
        foreach (var client in clients[..10])
        {
            await client.SayAsync("c IDLE\r\n");
            Assert.StartsWith("+ ", await client.LineAsync(), StringComparison.Ordinal);
        }

        var rests = Task.WhenAll(clients.Select(async client =>
        {
            var rest = await client.RestAsync();
            using var again = await PlainClient.SelectAsync(cluster.Port(143), user);
            client.Dispose();
            return rest;
        }));
        await MoveAsync(user, "store-2");

        Assert.All(await rests, rest => Assert.Equal(Bye, rest));
        Assert.Equal(["before"], await InboxAsync(user));
    }

    [Fact]
    public async Task A_pop3_session_hears_of_the_move_and_its_deletions_are_not_made()
    {
        var user = await NewUserAsync("before");
        using var client = await PlainClient.ConnectAsync(cluster.Port(110));
        foreach (var command in new[] { $"USER {user}", "PASS secret", "DELE 1" })
        {
            await client.SayAsync(command + "\r\n");
            Assert.StartsWith("+OK", await client.LineAsync(), StringComparison.Ordinal);
        }

        await MoveAsync(user, "store-2");

        // RFC 1939 knows no answer without a command: either the session is over, or its next command hears why.
        var rest = await client.RestAsync();
        Assert.True(rest is "" or "-ERR [SYS/TEMP] Your mailbox has moved, please connect again.\r\n", rest);
        Assert.Equal(["before"], await InboxAsync(user));
    }

    [Fact]
    public async Task Of_two_operators_who_move_one_user_the_second_is_told_of_the_first()
    {
        var user = await NewUserAsync("before");
        using var slow = await BeginMessageAsync(user);
        await using var first = Move(user, "store-2");
        await first.SeeAsync("waiting for proxy-1");

        await using (var second = Move(user, "store-2"))
        {
            Assert.Equal(1, await second.ExitAsync());
            Assert.Contains($"{user} is already being moved from store-1 to store-2: by ", second.Output, StringComparison.Ordinal);
        }

        await EndMessageAsync(slow);
        await MustEndAsync(first, user, "store-2");
        Assert.Equal(["before", "slow"], await InboxAsync(user));
    }

    [Fact]
    public async Task A_move_to_a_store_that_does_not_answer_changes_nothing()
    {
        var user = await NewUserAsync("before");
        using (var http = new HttpClient())
        {
            // No check says that it is dead; nobody listens on port 1.
            using var put = await http.PutAsync(
                new Uri($"http://127.0.0.1:{cluster.Port(7500)}/v1/agent/service/register"),
                new StringContent("""{ "ID": "store-silent", "Name": "mail-store", "Address": "127.0.0.1", "Meta": { "imap": "1", "http": "1" } }"""));
            Assert.True(put.IsSuccessStatusCode);
        }

        using var client = await PlainClient.SelectAsync(cluster.Port(143), user);
        await using (var move = Move(user, "store-silent"))
        {
            Assert.Equal(1, await move.ExitAsync());
            Assert.Contains("store-silent: The store at https://127.0.0.1:1/ could not be asked", move.Output, StringComparison.Ordinal);
        }

        await client.SayAsync("c NOOP\r\n");
        Assert.StartsWith("c OK", await client.LineAsync(), StringComparison.Ordinal);
        await using var status = Move(user, "--status");
        await status.SeeAsync($"No move of {user} is under way.");
        Assert.Equal(["before"], await InboxAsync(user));
    }

    [Fact]
    public async Task Back_at_once_all_is_as_it_was()
    {
        var user = await NewUserAsync("one", "two");
        var before = await UidsAsync(user);
        using var first = await PlainClient.SelectAsync(cluster.Port(143), user);
        await MoveAsync(user, "store-2");
        using var second = await PlainClient.SelectAsync(cluster.Port(143), user);

        await MoveAsync(user, "store-1");

        Assert.Equal(Bye, await first.RestAsync());
        Assert.Equal(Bye, await second.RestAsync());
        Assert.Equal(before, await UidsAsync(user));
        await MailSender.SendAsync(cluster.Port(25), "me@example.net", [user], Messages.Make("three"));
        Assert.Equal(["one", "two", "three"], await InboxAsync(user));
    }

    private static int SizeOf(string fetch) => int.Parse(fetch.Split('{')[1].Split('}')[0], CultureInfo.InvariantCulture);

    private async Task<string> NewUserAsync(params string[] ids)
    {
        var user = cluster.TakeUser("store-1");
        foreach (var id in ids)
        {
            await MailSender.SendAsync(cluster.Port(25), "me@example.net", [user], Messages.Make(id));
        }

        return user;
    }

    private async Task<PlainClient> BeginMessageAsync(string user)
    {
        var sender = await PlainClient.ConnectAsync(cluster.Port(25));
        foreach (var command in new[] { "HELO client.example.net", "MAIL FROM:<me@example.net>", $"RCPT TO:<{user}>" })
        {
            await sender.SayAsync(command + "\r\n");
            Assert.StartsWith("250 ", await sender.LineAsync(), StringComparison.Ordinal);
        }

        await sender.SayAsync("DATA\r\n");
        Assert.StartsWith("354 ", await sender.LineAsync(), StringComparison.Ordinal);
        return sender;
    }

    private static async Task EndMessageAsync(PlainClient sender)
    {
        await sender.SayAsync(Messages.Make("slow").Replace("\r\n.", "\r\n..", StringComparison.Ordinal) + ".\r\n");
        Assert.StartsWith("250 ", await sender.LineAsync(), StringComparison.Ordinal);
    }

    private async Task<IReadOnlyList<string>> InboxAsync(string user)
    {
        var messages = (await MailClients.ReadInboxAsync(cluster, user)).Select(Messages.WithoutTrace).ToList();
        var ids = messages.Select(message => message.Split("Message-ID: <")[1].Split('@')[0]).ToList();
        Assert.All(messages.Zip(ids), pair => Assert.Equal(Messages.Make(pair.Second, pair.Second == "big" ? 300_000 : 5), pair.First));
        return ids;
    }

    // UIDVALIDITY, UIDs and what they are.
    private async Task<string> UidsAsync(string user)
    {
        using var client = await PlainClient.ConnectAsync(cluster.Port(143));
        await client.SayAsync($"a LOGIN {user} secret\r\n");
        await client.SeeAsync("a OK");
        await client.SayAsync("b STATUS INBOX (MESSAGES UIDNEXT UIDVALIDITY)\r\n");
        var counters = await client.SeeAsync("b OK");
        await client.SayAsync("c EXAMINE INBOX\r\n");
        await client.SeeAsync("c OK");
        await client.SayAsync("d UID FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE)\r\n");
        return counters + await client.SeeAsync("d OK");
    }

    private MailProxyProcess Move(params string[] arguments) =>
        MailProxyProcess.Start(["user", "move", .. arguments, "--config", Path.Combine(cluster.Data, "proxy.json")]);

    private async Task MoveAsync(string user, string store)
    {
        await using var move = Move(user, store);
        await MustEndAsync(move, user, store);
    }

    private static async Task MustEndAsync(MailProxyProcess move, string user, string store)
    {
        var exit = await move.ExitAsync();
        Assert.True(exit == 0 && move.Output.Contains($"{user} lives at {store} now", StringComparison.Ordinal), move.Output);
    }
}
