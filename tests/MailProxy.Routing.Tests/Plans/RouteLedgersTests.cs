using MailProxy.Routing.Consul.Plans;
using MailProxy.Routing.Moves;
using MailProxy.Routing.Plans;
using MailProxy.Routing.Slots;
using MailProxy.Routing.Tests.Moves;
using Xunit;

namespace MailProxy.Routing.Tests.Plans;

public sealed class RouteLedgersTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly DateTimeOffset Noon = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Users_without_a_pin_get_one_that_keeps_them_and_others_keep_theirs()
    {
        await using var moves = await MoveCluster.StartAsync();
        using var ledgers = new RouteLedgers(moves.Cluster.Options, TimeProvider.System);
        await moves.Cluster.PutAsync("mailproxy/users/user7@example.org", "store-9");
        var users = Enumerable.Range(0, 150).Select(number => new PlannedUser($"user{number}@example.org", "store-1", "store-2")).ToList();

        var index = await ledgers.Pins.PlanAsync(users, CancellationToken.None);

        var pins = await ledgers.Pins.ListAsync(CancellationToken.None);
        Assert.Equal(150, pins.Count);
        Assert.Equal(index, pins.Values.Max(pin => pin.Index));
        Assert.True(pins["user7@example.org"].IsPlain);
        Assert.All(pins.Where(pin => pin.Key != "user7@example.org"), pin => Assert.True(pin.Value is { IsPlanned: true, Pin: { Store: "store-1", Moving: "store-2" } }));

        // Somebody writes one of them meanwhile: that one stays.
        await moves.Cluster.PutAsync("mailproxy/users/user8@example.org", "store-3");
        Assert.Equal(149, await ledgers.Pins.DropAsync([.. pins], CancellationToken.None));
        Assert.Equal(["user8@example.org"], (await ledgers.Pins.ListAsync(CancellationToken.None)).Keys);
    }

    [Fact]
    public async Task Of_two_who_change_the_table_at_once_one_is_refused()
    {
        await using var moves = await MoveCluster.StartAsync();
        using var ledgers = new RouteLedgers(moves.Cluster.Options, TimeProvider.System);
        var (before, none) = await ledgers.Slots.ReadAsync(CancellationToken.None);
        var first = (before ?? SlotTable.Empty(8)).With([new SlotMove(0, null, "store-1")]);

        var index = await ledgers.Slots.WriteAsync(first, none, CancellationToken.None);

        // A write whose answer got lost is not done twice.
        Assert.Equal(index, await ledgers.Slots.WriteAsync(first, none, CancellationToken.None));
        var refused = await Assert.ThrowsAsync<MoveException>(() => ledgers.Slots.WriteAsync(first.With([new SlotMove(1, null, "store-2")]), none, CancellationToken.None));
        Assert.Contains("Somebody else has changed", refused.Message, StringComparison.Ordinal);
        var (read, readIndex) = await ledgers.Slots.ReadAsync(CancellationToken.None);
        Assert.Equal((first, first.Epoch, index), (read, read!.Epoch, readIndex));
    }

    [Fact]
    public async Task A_plan_has_one_driver_and_keeps_its_beginning()
    {
        await using var moves = await MoveCluster.StartAsync();
        using var ledgers = new RouteLedgers(moves.Cluster.Options, TimeProvider.System);
        var plan = new PlanRecord(PlanRecord.Drain("store-1"), Noon, "op@one") { From = "store-1", To = ["store-2"], Weights = new Dictionary<string, int> { ["store-2"] = 3 }, Users = 17 };
        await using (await ledgers.Plans.TakeAsync(plan, _ => Assert.Fail("it is free"), CancellationToken.None))
        {
            var standing = Assert.Single(await ledgers.Plans.ListAsync(CancellationToken.None));
            Assert.True(standing.IsDriven);
            Assert.Equal(("op@one", "store-1", 17, 3), (standing.Plan.Operator, standing.Plan.From, standing.Plan.Users, standing.Plan.Weights["store-2"]));
            Assert.Equal(["store-2"], standing.Plan.To);
        }

        Assert.False((await ledgers.Plans.FindAsync(plan.Id, CancellationToken.None))!.IsDriven);
        await using var later = await ledgers.Plans.TakeAsync(plan with { Started = Noon.AddHours(1), Operator = "op@two" }, _ => { }, CancellationToken.None);
        Assert.Equal((Noon, "op@two"), (later.Plan.Started, later.Plan.Operator));
        await later.ForgetAsync(CancellationToken.None);
        Assert.Null(await ledgers.Plans.FindAsync(plan.Id, CancellationToken.None));
    }

    [Fact]
    public async Task Everybody_waits_until_every_proxy_goes_by_the_new_routes()
    {
        await using var moves = await MoveCluster.StartAsync();
        using var ledgers = new RouteLedgers(moves.Cluster.Options, TimeProvider.System);
        var nobody = await Assert.ThrowsAsync<MoveException>(() => ledgers.Proxies.AwaitAsync(0, 0, TimeSpan.Zero, CancellationToken.None));
        Assert.Contains("no live proxy", nobody.Message, StringComparison.Ordinal);
        await moves.NodeAsync("proxy-1");
        await moves.NodeAsync("proxy-2");
        var pins = await ledgers.Pins.PlanAsync([new PlannedUser(MoveCluster.Alice, "store-1", "store-2")], CancellationToken.None);
        var (table, before) = await ledgers.Slots.ReadAsync(CancellationToken.None);
        var slots = await ledgers.Slots.WriteAsync((table ?? SlotTable.Empty(8)).With([new SlotMove(0, null, "store-2")]), before, CancellationToken.None);

        await ledgers.Proxies.AwaitAsync(pins, slots, Patience, CancellationToken.None);

        var behind = await Assert.ThrowsAsync<MoveException>(() => ledgers.Proxies.AwaitAsync(pins, slots + 1_000, TimeSpan.Zero, CancellationToken.None));
        Assert.Contains("proxy-1, proxy-2", behind.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Taking_back_a_planned_move_leaves_the_user_where_they_wait_for_their_turn()
    {
        await using var moves = await MoveCluster.StartAsync();
        using var ledgers = new RouteLedgers(moves.Cluster.Options, TimeProvider.System);
        await ledgers.Pins.PlanAsync([new PlannedUser(MoveCluster.Alice, "store-1", "store-2")], CancellationToken.None);
        await using var handle = await moves.Ledger.BeginAsync(MoveCluster.NewMove() with { Pinned = true, Planned = true }, CancellationToken.None);
        await handle.WriteAsync(handle.Move with { Step = MoveStep.Confirming }, CancellationToken.None);
        Assert.True((await moves.Ledger.FindAsync(handle.Move.Id, CancellationToken.None))!.Move.Planned);
        await handle.WriteAsync(handle.Move with { Undo = true }, CancellationToken.None);
        await handle.ForgetAsync(restore: true, CancellationToken.None);

        var pin = (await ledgers.Pins.ListAsync(CancellationToken.None))[MoveCluster.Alice];
        Assert.True(pin is { IsPlanned: true, Pin: { Store: "store-1", Moving: "store-2" } });
    }
}
