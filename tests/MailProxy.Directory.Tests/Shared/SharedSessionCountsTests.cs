using System.Diagnostics;
using MailProxy.Directory.Shared;
using MailProxy.Testing;
using StackExchange.Redis;
using Xunit;

namespace MailProxy.Directory.Tests.Shared;

/// <summary>Two nodes that count sessions on one real server.</summary>
public sealed class SharedSessionCountsTests
{
    private const string Alice = "alice@example.org";

    [Fact]
    public async Task However_many_come_to_all_nodes_at_once_never_more_than_the_cap_are_in()
    {
        await using var server = await RedisServer.StartNewAsync();
        await using var one = await SharedNode.StartAsync(server);
        await using var two = await SharedNode.StartAsync(server);
        var entering = Enumerable.Range(1, 100).Select(id => Enter(id % 2 == 0 ? one : two, (ulong)id, perUser: 7)).ToArray();
        var verdicts = await Task.WhenAll(entering);
        Assert.Equal((7, 93), (verdicts.Count(cap => cap == SharedCap.None), verdicts.Count(cap => cap == SharedCap.User)));

        // All leave; then as many find room again.
        for (ulong id = 1; id <= 100; id++)
        {
            (id % 2 == 0 ? one : two).Counts.Sessions.Leave(id);
        }

        await CountUntilAsync(server, 0);
        verdicts = await Task.WhenAll(Enumerable.Range(101, 7).Select(id => Enter(one, (ulong)id, perUser: 7)));
        Assert.All(verdicts, cap => Assert.Equal(SharedCap.None, cap));
        Assert.Equal(SharedCap.User, await Enter(two, 999, perUser: 7));
    }

    [Fact]
    public async Task One_address_has_its_own_cap_and_a_session_counts_once()
    {
        await using var server = await RedisServer.StartNewAsync();
        await using var one = await SharedNode.StartAsync(server);
        await using var two = await SharedNode.StartAsync(server);
        Assert.Equal(SharedCap.None, await Enter(one, 1, "4:1", 3, 1));
        Assert.Equal(SharedCap.None, await Enter(one, 1, "4:1", 3, 1));
        Assert.Equal(SharedCap.UserAndAddress, await Enter(two, 2, "4:1", 3, 1));
        Assert.Equal(SharedCap.None, await Enter(two, 3, "4:2", 3, 1));
        Assert.Equal(SharedCap.None, await two.Counts.Sessions.EnterAsync(4, "bob@example.org", "4:1", 3, 1));
        Assert.Equal(SharedCap.None, await Enter(two, 5, null, 3, 1));
        Assert.Equal(SharedCap.User, await Enter(one, 6, "4:3", 3, 1));
    }

    [Fact]
    public async Task A_server_that_lost_everything_is_told_again()
    {
        await using var server = await RedisServer.StartNewAsync();
        await using var one = await SharedNode.StartAsync(server);
        await using var two = await SharedNode.StartAsync(server);
        Assert.Equal(SharedCap.None, await Enter(one, 1, perUser: 3));
        await server.KillAsync();
        await one.UntilEnteringFailsAsync(2);
        await server.StartAsync();
        await one.UntilAsync(together: true);
        await two.UntilAsync(together: true);
        await CountUntilAsync(server, 2);
        Assert.Equal(SharedCap.None, await Enter(two, 3, perUser: 3));
        Assert.Equal(SharedCap.User, await Enter(two, 4, perUser: 3));
    }

    [Fact]
    public async Task A_session_is_a_lease()
    {
        await using var server = await RedisServer.StartNewAsync();
        await using var node = await SharedNode.StartAsync(server);
        await Enter(node, 1, "4:1", 3, 3);
        await using var client = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{server.Port}");
        var database = client.GetDatabase();
        RedisKey[] keys = [.. client.GetServers()[0].Keys(pattern: "mailproxy:sessions*")];
        Assert.Equal(2, keys.Length);
        foreach (var key in keys)
        {
            Assert.InRange((await database.KeyTimeToLiveAsync(key))!.Value, SharedSessionCounts.Lease / 2, SharedSessionCounts.Lease);

            // As if its node had died: what ran out makes room.
            await database.SortedSetAddAsync(key, [new SortedSetEntry("dead1", 1), new SortedSetEntry("dead2", 2), new SortedSetEntry("dead3", 3)]);
        }

        Assert.Equal(SharedCap.None, await Enter(node, 2, "4:1", 3, 3));
        Assert.All(keys, key => Assert.Equal(2, database.SortedSetLength(key)));
    }

    private static async Task<SharedCap?> Enter(SharedNode node, ulong session, string? address = "4:1", int perUser = 0, int perUserAndAddress = 0) =>
        await node.Counts.Sessions.EnterAsync(session, Alice, address, perUser, perUserAndAddress);

    private static async Task CountUntilAsync(RedisServer server, long count)
    {
        await using var client = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{server.Port}");
        var patience = Stopwatch.StartNew();
        while (true)
        {
            RedisKey[] keys = [.. client.GetServers()[0].Keys(pattern: "mailproxy:sessions:*")];
            var found = keys.Length == 0 ? 0 : await client.GetDatabase().SortedSetLengthAsync(Assert.Single(keys));
            if (found == count)
            {
                return;
            }

            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(20), $"{found} sessions after 20 s");
            await Beat.WaitAsync(20);
        }
    }
}
