using MailProxy.EndToEnd.Tests.Rig;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Many;

/// <summary><c>mailproxy slots rebalance</c> against a cluster that gets a third store.</summary>
public sealed class SlotsRebalanceTests
{
    [Fact]
    public async Task A_third_store_takes_its_share_while_mail_comes_in_and_nobody_else_moves()
    {
        const int Users = 40;
        await using var cluster = await ManyCluster.StartAsync(Users);
        await cluster.RunAsync(0, "slots", "rebalance", "--add", "store-1,store-2");
        Assert.Equal([2048, 2048], await CountsAsync(cluster));
        var mail = await LiveMail.StartWithOneEachAsync(cluster, [.. Enumerable.Range(1, Users).Select(ManyCluster.NameOf)]);
        var plan = await cluster.AskAsync(0, "slots", "rebalance", "--add", "store-3", "--dry-run");
        Assert.Equal(1365, (int)plan["slots"]!);

        var end = await cluster.AskAsync(0, "slots", "rebalance", "--add", "store-3");

        Assert.True((bool)end["done"]!);
        Assert.Equal((int)plan["users"]!, (int)end["moved"]!);
        Assert.InRange((int)end["moved"]!, 1, Users - 1);
        Assert.Equal([1365, 1365, 1366], (await CountsAsync(cluster)).Order());

        // Without pins everybody is where their slot says, and all their mail is there.
        Assert.Empty(await cluster.KeysAsync("users"));
        Assert.InRange(await mail.EndAsync(), Users, int.MaxValue);
        Assert.Empty(await cluster.KeysAsync("plans"));

        // And back by weight: a store of weight 0 is empty of slots.
        var back = await cluster.AskAsync(0, "slots", "rebalance", "--weights", "store-3=0");
        Assert.Equal((int)end["moved"]!, (int)back["moved"]!);
        Assert.Equal([2048, 2048], await CountsAsync(cluster));

        // What no slot has to move for is remembered too.
        await cluster.RunAsync(0, "slots", "rebalance", "--weights", "store-1=5,store-2=5");
        Assert.Equal([5, 5], (await cluster.AskAsync(0, "slots"))["stores"]!.AsArray().Select(store => (int)store!["weight"]!));
        Assert.Equal([2048, 2048], await CountsAsync(cluster));
    }

    [Fact]
    public async Task A_killed_rebalance_is_finished_by_the_next_and_everybody_is_served_meanwhile()
    {
        const int Users = 30;
        await using var cluster = await ManyCluster.StartAsync(Users);
        await cluster.RunAsync(0, "slots", "assign", "0-4095", "store-1");
        var users = Enumerable.Range(1, Users).Select(ManyCluster.NameOf).ToList();
        await Parallel.ForEachAsync(users, async (user, _) => await cluster.DeliverAsync(user, "first"));
        await using (var rebalance = cluster.Start("slots", "rebalance", "--add", "store-2,store-3", "--rate", "60"))
        {
            await rebalance.SeeAsync("have changed hands");
            await rebalance.KillAsync();
        }

        Assert.Single(await cluster.KeysAsync("plans"));
        Assert.NotEmpty(await cluster.KeysAsync("users"));
        foreach (var user in users)
        {
            // Whoever is in the middle of a move waits for the next run.
            if (await cluster.ValueAsync($"users/{user}") is not { } pin || !pin.Contains("held", StringComparison.Ordinal))
            {
                Assert.Equal(["first"], await cluster.IdsAsync(user));
            }
        }

        await using var resumed = cluster.Start("slots", "rebalance", "--resume");
        await resumed.SeeAsync("Every slot is where it was wanted");
        Assert.Equal(0, await resumed.ExitAsync());
        Assert.Empty(await cluster.KeysAsync("users"));
        Assert.Empty(await cluster.KeysAsync("moves"));
        Assert.Equal([1365, 1365, 1366], (await CountsAsync(cluster)).Order());
        Assert.All(await Task.WhenAll(users.Select(cluster.IdsAsync)), ids => Assert.Equal(["first"], ids));
    }

    private static async Task<List<int>> CountsAsync(ManyCluster cluster) =>
        [.. (await cluster.AskAsync(0, "slots"))["stores"]!.AsArray().Select(store => (int)store!["slots"]!)];
}
