using System.Diagnostics;
using System.Globalization;
using MailProxy.Directory.Shared;
using MailProxy.Testing;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using Xunit;

namespace MailProxy.Directory.Tests.Shared;

/// <summary>Two nodes that count guesses on one real server.</summary>
public sealed class SharedGuardTests
{
    private const AuthenticationOutcome Wrong = AuthenticationOutcome.WrongPassword;
    private const AuthenticationOutcome Throttled = AuthenticationOutcome.Throttled;
    private const AuthenticationOutcome In = AuthenticationOutcome.Authenticated;

    [Fact]
    public async Task Failures_on_one_node_delay_on_the_other()
    {
        await using var server = await RedisServer.StartNewAsync();
        await using var one = await SharedNode.StartAsync(server);
        await using var two = await SharedNode.StartAsync(server);
        await FailAsync(one, "a", "b", "c", "c");

        // The first beyond takes the turn there is; whoever comes next would wait longer than anybody does.
        Assert.Equal(Wrong, await two.AskAsync("d", from: "198.51.100.1"));
        Assert.Equal(Throttled, await one.AskAsync("e", from: "198.51.100.2"));
        Assert.Equal(Throttled, await two.AskAsync("f", "ALICE", "198.51.100.3"));

        // What is known to be wrong costs nothing more, wherever it was tried; others are not touched.
        Assert.Equal(Wrong, await two.AskAsync("a", from: "198.51.100.4"));
        Assert.Equal(Wrong, await two.AskAsync("e", "bob", "198.51.100.5"));
        Assert.DoesNotContain(one.Log.Entries, entry => entry.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task Guesses_from_one_address_count_on_all_nodes()
    {
        await using var server = await RedisServer.StartNewAsync();
        await using var one = await SharedNode.StartAsync(server);
        await using var two = await SharedNode.StartAsync(server);
        foreach (var number in new[] { 1, 2, 3, 4 })
        {
            await one.AskAsync($"guess {number}", $"user{number}", "2001:db8:1:2::1");
        }

        await one.AskAsync("guess 3", "user3", "2001:db8:1:2::1");
        Assert.Equal(Throttled, await two.AskAsync("guess 5", "somebody", "2001:db8:1:2:ffff::9"));
        Assert.Equal(Wrong, await two.AskAsync("guess 5", "somebody", "2001:db8:1:3::9"));
    }

    [Fact]
    public async Task An_owner_is_spared_on_every_node_and_a_known_address_is_forgiven_more()
    {
        await using var server = await RedisServer.StartNewAsync();
        await using var one = await SharedNode.StartAsync(server);
        await using var two = await SharedNode.StartAsync(server);
        one.Provider.Answer = In;
        Assert.Equal(In, await one.AskAsync("right", from: "192.0.2.1"));
        Assert.Equal(In, await one.AskAsync("right", from: "192.0.2.1"));
        await FailAsync(two, "a", "b", "c", "d");
        Assert.Equal(Throttled, await two.AskAsync("e", from: "198.51.100.1"));
        two.Provider.Answer = In;
        Assert.Equal(In, await two.AskAsync("right", from: "192.0.2.1"));
        two.Provider.Answer = Wrong;
        foreach (var number in Enumerable.Range(0, 6))
        {
            Assert.Equal(Wrong, await two.AskAsync($"typo {number}", $"colleague{number}", "192.0.2.1"));
        }
    }

    [Fact]
    public async Task Many_nodes_at_once_try_no_more_than_one_would()
    {
        await using var server = await RedisServer.StartNewAsync();
        await using var one = await SharedNode.StartAsync(server);
        await using var two = await SharedNode.StartAsync(server);
        one.Provider.Hold();
        two.Provider.Hold();
        var asking = Enumerable.Range(0, 40).Select(number => (number % 2 == 0 ? one : two).AskAsync($"guess {number}", from: $"192.0.2.{number}")).ToList();
        while (asking.Count(task => task.IsCompleted) < 36)
        {
            await Beat.WaitAsync(5, TestContext.Current.CancellationToken);
        }

        // Three for nothing and the first turn: exact, however they interleave.
        Assert.Equal(4, one.Provider.Asked + two.Provider.Asked);
        one.Provider.LetGo();
        two.Provider.LetGo();
        var results = await Task.WhenAll(asking);
        Assert.Equal((4, 36), (results.Count(result => result == Wrong), results.Count(result => result == Throttled)));
    }

    [Fact]
    public async Task Attempts_without_a_verdict_leave_nothing_behind()
    {
        await using var server = await RedisServer.StartNewAsync();
        await using var node = await SharedNode.StartAsync(server);
        node.Provider.Answer = AuthenticationOutcome.TemporarilyUnavailable;
        foreach (var number in Enumerable.Range(0, 20))
        {
            Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, await node.AskAsync($"right {number}"));
        }
    }

    [Fact]
    public async Task The_server_holds_no_name_no_address_and_no_password_and_forgets_everything()
    {
        await using var server = await RedisServer.StartNewAsync();
        await using var node = await SharedNode.StartAsync(server);
        await FailAsync(node, "hunter2", "Tr0ub4dor", "correct horse");
        node.Provider.Answer = In;
        await node.AskAsync("the right one", from: "192.0.2.1");
        Assert.Equal(SharedCap.None, await node.Counts.Sessions.EnterAsync(7, "alice@example.org", "4:c0000201", 5, 5));
        await using var client = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{server.Port}");
        var database = client.GetDatabase();
        var told = new List<string>();
        RedisKey[] keys = [.. client.GetServers()[0].Keys()];
        Assert.True(keys.Length >= 6, string.Join(' ', keys));
        foreach (var key in keys)
        {
            Assert.NotNull(await database.KeyTimeToLiveAsync(key));
            told.Add(key.ToString());
            var type = await database.KeyTypeAsync(key);
            told.AddRange(type switch
            {
                RedisType.Hash => (await database.HashGetAllAsync(key)).Select(entry => $"{entry.Name}={entry.Value}"),
                RedisType.SortedSet => (await database.SortedSetRangeByRankAsync(key)).Select(value => value.ToString()),
                _ => [(await database.StringGetAsync(key)).ToString()],
            });
        }

        var all = string.Join('\n', told);
        Assert.All(["alice", "example", "192", "c0000201", "hunter2", "Tr0ub4dor", "horse", "right", Convert.ToHexStringLower("alice"u8)], word => Assert.DoesNotContain(word, all, StringComparison.OrdinalIgnoreCase));
        Assert.All(told.Where(one => one.StartsWith('p')), one => Assert.InRange(int.Parse(one[3..], CultureInfo.InvariantCulture), 0, (1 << 24) - 1));
    }

    [Fact]
    public async Task A_server_that_is_killed_stops_nobody_and_is_used_again_when_it_is_back()
    {
        await using var server = await RedisServer.StartNewAsync();
        await using var one = await SharedNode.StartAsync(server);
        await using var two = await SharedNode.StartAsync(server);
        Assert.Equal(Wrong, await one.AskAsync("a", "carol", "203.0.113.1"));
        await server.KillAsync();

        // Both go on, by what each saw itself.
        foreach (var node in new[] { one, two })
        {
            node.Provider.Answer = In;
            Assert.Equal(In, await node.AskAsync("right", "bob", "192.0.2.7"));
            await node.UntilAsync(together: false);
            node.Provider.Answer = Wrong;
            await FailAsync(node, "x", "y", "z");
            await node.AskAsync("w", from: "198.51.100.1");
            Assert.Equal(Throttled, await node.AskAsync("v", from: "198.51.100.2"));
        }

        await server.StartAsync();
        await one.UntilAsync(together: true);
        await two.UntilAsync(together: true);
        await FailAsync(one, "k", "l", "m", "m");
        await two.AskAsync("n", from: "198.51.100.3");
        Assert.Equal(Throttled, await two.AskAsync("o", from: "198.51.100.4"));

        // One line at each turn, and no more.
        Assert.Single(one.Log.Entries, entry => entry.Level == LogLevel.Warning && entry.Text.Contains("counts guesses and sessions by itself", StringComparison.Ordinal));
        Assert.Equal(2, one.Log.Entries.Count(entry => entry.Text.Contains("of all nodes count together", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_server_that_is_frozen_holds_up_the_logins_under_way_for_a_moment_and_no_other()
    {
        await using var server = await RedisServer.StartNewAsync();
        await using var node = await SharedNode.StartAsync(server);
        node.Provider.Answer = In;
        Assert.Equal(In, await node.AskAsync("right"));
        server.Freeze();
        try
        {
            var clock = Stopwatch.StartNew();
            var together = await Task.WhenAll(Enumerable.Range(0, 50).Select(number => node.AskAsync("right", $"user{number}")));
            Assert.All(together, outcome => Assert.Equal(In, outcome));

            // 100 ms, and what a machine with other work adds. Without the bound it would be a second at least.
            Assert.True(clock.Elapsed < TimeSpan.FromMilliseconds(900), $"{clock.Elapsed}");
            clock.Restart();
            foreach (var number in Enumerable.Range(0, 50))
            {
                Assert.Equal(In, await node.AskAsync("right", $"later{number}"));
            }

            // None of these waited: fifty times the bound would be five seconds.
            Assert.True(clock.Elapsed < TimeSpan.FromMilliseconds(900), $"{clock.Elapsed}");
            Assert.Contains("no answer within 100 ms", node.Counts.Notice, StringComparison.Ordinal);
        }
        finally
        {
            server.Thaw();
        }

        await node.UntilAsync(together: true);
    }

    [Fact]
    public async Task A_server_that_wants_a_password_gets_it_and_without_it_nodes_count_by_themselves()
    {
        await using var server = await RedisServer.StartNewAsync("--requirepass", "of the server");
        await System.IO.File.WriteAllTextAsync(server.File("redis.password"), "of the server\n", TestContext.Current.CancellationToken);
        await using var right = await SharedNode.StartAsync(server, passwordFile: server.File("redis.password"));
        await right.UntilAsync(together: true);
        await using var none = await SharedNode.StartAsync(server);
        Assert.NotNull(none.Counts.Notice);
        none.Provider.Answer = In;
        Assert.Equal(In, await none.AskAsync("right"));
        Assert.DoesNotContain(right.Log.Entries.Concat(none.Log.Entries), entry => entry.Text.Contains("of the server", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_rights_that_the_documentation_names_are_enough()
    {
        await using var server = await RedisServer.StartNewAsync(
            ["--user", "mailproxy", "on", ">pw", "~mailproxy:*", .. "+@scripting +@read +@write +@connection +time +info".Split(' '), "--user", "default", "off"]);
        await System.IO.File.WriteAllTextAsync(server.File("redis.password"), "pw\n", TestContext.Current.CancellationToken);
        await using var node = await SharedNode.StartAsync(server, passwordFile: server.File("redis.password"), user: "mailproxy");
        await node.UntilAsync(together: true);
        await FailAsync(node, "a", "b", "c", "d", "d");
        Assert.Equal(Throttled, await node.AskAsync("e", from: "198.51.100.1"));
        Assert.Equal(SharedCap.None, await node.Counts.Sessions.EnterAsync(1, "alice@example.org", null, 1, 0));
        Assert.Null(node.Counts.Notice);
    }

    [Fact]
    public void Options_are_judged()
    {
        var options = new SharedCountsOptions();
        Assert.Empty(options.Validate("Shared"));
        options.Servers = ["redis1.example.org", "10.0.0.1:6380", "[::1]:6379", "no host:x", "x:0"];
        options.Timeout = TimeSpan.FromSeconds(5);
        options.PasswordFile = "/nonexistent";
        Assert.Equal(
            ["Shared:Servers", "Shared:Servers", "Shared:KeyFile", "Shared:PasswordFile", "Shared:Timeout"],
            options.Validate("Shared").Select(error => error[..error.IndexOf(": ", StringComparison.Ordinal)]));
        Assert.Contains("'no host:x'", options.Validate("Shared").First(), StringComparison.Ordinal);
    }

    private static async Task FailAsync(SharedNode node, params string[] passwords)
    {
        foreach (var password in passwords)
        {
            Assert.Equal(Wrong, await node.AskAsync(password));
        }
    }
}
