using MailKit;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Many;

/// <summary><c>mailproxy stores drain</c> against a cluster of three stores.</summary>
public sealed class StoresDrainTests
{
    [Fact]
    public async Task Fifty_users_leave_a_store_while_mail_comes_in_and_new_users_appear_elsewhere()
    {
        const int Users = 50;
        const int WithHome = 5;
        await using var cluster = await ManyCluster.StartAsync(Users + 10, number => number <= WithHome ? "store-1" : null);
        await cluster.RunAsync(0, "slots", "assign", "0-4095", "store-1");
        await cluster.PutAsync("users/" + ManyCluster.NameOf(6), "store-1");
        var mail = await LiveMail.StartWithOneEachAsync(cluster, [.. Enumerable.Range(1, Users).Select(ManyCluster.NameOf)]);
        using var client = await MailClients.ImapAsync(cluster, ManyCluster.NameOf(7));
        await client.Inbox!.OpenAsync(FolderAccess.ReadOnly);
        var plan = await cluster.AskAsync(0, "stores", "drain", "store-1", "--dry-run");
        Assert.Equal((Users, 4096), ((int)plan["users"]!, (int)plan["slots"]!));
        Assert.True((int)plan["messages"]! >= Users);
        Assert.Null(await cluster.ValueAsync("stores/store-1"));

        await using var drain = cluster.Start("stores", "drain", "store-1");
        await drain.SeeAsync("have changed hands");

        // Their first mail ever.
        for (var number = Users + 1; number <= Users + 10; number++)
        {
            await cluster.DeliverAsync(ManyCluster.NameOf(number), "newcomer");
        }

        await drain.SeeAsync("store-1 serves nobody any more");
        Assert.Equal(0, await drain.ExitAsync());
        Assert.Contains($"{WithHome} of the moved users have a home in the directory", drain.Output, StringComparison.Ordinal);
        Assert.InRange(await mail.EndAsync(), Users, int.MaxValue);
        await Assert.ThrowsAnyAsync<Exception>(() => client.NoOpAsync());
        for (var number = Users + 1; number <= Users + 10; number++)
        {
            Assert.Equal(["newcomer"], await cluster.IdsAsync(ManyCluster.NameOf(number)));
        }

        // Pins stay for those alone whom no slot names: by the directory, and by the operator's own hand.
        Assert.Equal(Enumerable.Range(1, WithHome + 1).Select(ManyCluster.NameOf), (await cluster.KeysAsync("users")).Order(StringComparer.Ordinal));
        Assert.Equal((0, "draining", false), await StatusAsync(cluster));
        var slots = await cluster.AskAsync(0, "slots");
        Assert.Equal(["store-2", "store-3"], slots["stores"]!.AsArray().Select(store => (string?)store!["store"]));
        Assert.Empty(await cluster.KeysAsync("moves"));
        Assert.Empty(await cluster.KeysAsync("plans"));
    }

    [Fact]
    public async Task An_interrupted_drain_goes_on_and_who_cannot_be_moved_is_told_and_stays()
    {
        const int Users = 12;
        await using var cluster = await ManyCluster.StartAsync(Users);
        await cluster.RunAsync(0, "slots", "assign", "0-4095", "store-1");
        var users = Enumerable.Range(1, Users).Select(ManyCluster.NameOf).ToList();
        await TearAsync(cluster, users[0]);
        await Parallel.ForEachAsync(users.Skip(1), async (user, _) => await cluster.DeliverAsync(user, "first"));

        await using (var drain = cluster.Start("stores", "drain", "store-1", "--to", "store-2", "--rate", "30"))
        {
            await drain.SeeAsync("have changed hands");
            drain.Interrupt();
            Assert.Equal(1, await drain.ExitAsync());
            Assert.Contains("Interrupted: the moves that are under way end first", drain.Output, StringComparison.Ordinal);
            Assert.Contains("stores drain store-1 --resume", drain.Output, StringComparison.Ordinal);
        }

        var status = await cluster.AskAsync(0, "stores", "drain", "store-1", "--status");
        Assert.True((bool)status["draining"]!);
        Assert.False((bool)status["running"]!);
        Assert.InRange((int)status["users"]!, 2, Users);
        Assert.All(await Task.WhenAll(users.Skip(1).Select(cluster.IdsAsync)), ids => Assert.Equal(["first"], ids));

        var output = await cluster.RunAsync(1, "stores", "drain", "store-1", "--resume");

        Assert.Contains("1 failed and is tried once more", output, StringComparison.Ordinal);
        Assert.Contains($"not moved: {users[0]}: store-2 has live mail", output, StringComparison.Ordinal);
        Assert.Contains("store-1 serves 1 users still", output, StringComparison.Ordinal);
        Assert.DoesNotContain("to store-3", output, StringComparison.Ordinal);
        Assert.All(await Task.WhenAll(users.Skip(1).Select(cluster.IdsAsync)), ids => Assert.Equal(["first"], ids));
        Assert.Equal(["torn-at-1"], await cluster.IdsAsync(users[0]));
        Assert.Equal([users[0]], await cluster.KeysAsync("users"));
    }

    [Fact]
    public async Task Users_of_stores_of_another_kind_come_from_a_file_and_their_mail_goes_by_a_command()
    {
        await using var cluster = await ManyCluster.StartAsync(6, number => number == 5 ? "store-2" : null);
        await cluster.RunAsync(0, "slots", "assign", "0-4095", "store-1");
        await cluster.PutAsync("domains/other.example", "store-1");
        using var copier = new Copier();
        using var folder = new TempDirectory();
        await File.WriteAllLinesAsync(folder.File("users"), ["# those of store-1, and one of another", .. Enumerable.Range(1, 5).Select(ManyCluster.NameOf), "", "USER1@example.org"]);
        copier.Say(0);

        var output = await cluster.RunAsync(0, "stores", "drain", "store-1", "--to", "store-3", "--users", folder.File("users"), "--via", copier.Path);

        foreach (var number in Enumerable.Range(1, 4))
        {
            Assert.Contains($"copier runs for {ManyCluster.NameOf(number)} from store-1 to store-3", output, StringComparison.Ordinal);
        }

        Assert.DoesNotContain($"copier runs for {ManyCluster.NameOf(5)}", output, StringComparison.Ordinal);
        Assert.Contains("4 users, 0.0 KiB moved", output, StringComparison.Ordinal);
        Assert.Contains("Everybody whom", output, StringComparison.Ordinal);
        Assert.Empty(await cluster.KeysAsync("users"));
        Assert.Equal(["store-3"], (await cluster.AskAsync(0, "slots"))["stores"]!.AsArray().Select(store => (string?)store!["store"]));
    }

    [Theory]
    [InlineData(2, "one at a time", "stores", "drain", "store-1", "--dry-run", "--resume")]
    [InlineData(2, "belong together", "stores", "drain", "store-1", "--via", "/bin/true")]
    [InlineData(2, "--parallel takes", "stores", "drain", "store-1", "--parallel", "0")]
    [InlineData(2, "--weights:", "slots", "rebalance", "--weights", "store-1=x")]
    [InlineData(2, "--to:", "stores", "drain", "store-1", "--to", "no/store")]
    [InlineData(2, "no range of slots", "slots", "assign", "9-1", "store-1")]
    public async Task What_is_asked_wrongly_is_told(int exit, string told, params string[] arguments)
    {
        await using var command = MailProxyProcess.Start([.. arguments, "--config", "nowhere.json"]);
        Assert.True(await command.ExitAsync() == exit, command.Output);
        Assert.Contains(told, command.Output, StringComparison.Ordinal);
    }

    private static async Task<(int Users, string? State, bool IsDraining)> StatusAsync(ManyCluster cluster)
    {
        var status = await cluster.AskAsync(0, "stores", "drain", "store-1", "--status");
        return ((int)status["users"]!, (string?)status["state"], (bool)status["draining"]!);
    }

    // A user with mailboxes at two stores, as a pin written by hand brings it about.
    private static async Task TearAsync(ManyCluster cluster, string user)
    {
        await cluster.DeliverAsync(user, "torn-at-1");
        await cluster.PutAsync($"users/{user}", "store-2");
        await UntilAsync(cluster, user, []);
        await cluster.PutAsync($"users/{user}", null);
        await UntilAsync(cluster, user, ["torn-at-1"]);
    }

    // The proxy follows within a moment.
    private static async Task UntilAsync(ManyCluster cluster, string user, string[] ids)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!(await cluster.IdsAsync(user)).SequenceEqual(ids))
        {
            await Beat.WaitAsync(50, patience.Token);
        }
    }
}
