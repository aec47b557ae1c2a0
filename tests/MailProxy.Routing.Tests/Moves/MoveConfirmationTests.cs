using MailProxy.Routing.Decisions;
using MailProxy.Routing.Moves;
using Xunit;

namespace MailProxy.Routing.Tests.Moves;

public sealed class MoveConfirmationTests
{
    [Fact]
    public async Task Every_node_confirms_once_the_user_is_gone_from_it_and_not_before()
    {
        await using var moves = await MoveCluster.StartAsync();
        await moves.NodeAsync("proxy-1");
        var (second, presence) = await moves.NodeAsync("proxy-2");
        presence.Come(MoveCluster.Alice);
        await using var handle = await moves.Ledger.BeginAsync(MoveCluster.NewMove(), CancellationToken.None);
        Assert.Equal(["proxy-1", "proxy-2"], await handle.UnconfirmedAsync(CancellationToken.None));

        await handle.WriteAsync(handle.Move with { Step = MoveStep.Confirming }, CancellationToken.None);
        await second.Router.WaitForAsync(MoveCluster.Alice, decision => decision.Outcome == RouteOutcome.Held);
        await MoveCluster.WaitForUnconfirmedAsync(handle, "proxy-2");
        presence.Leave(MoveCluster.Alice);

        await MoveCluster.WaitForUnconfirmedAsync(handle);
        Assert.Contains("\"proxy\":\"proxy-2\"", await moves.ValueAsync($"mailproxy/moves/{handle.Move.Id}/acks/proxy-2"), StringComparison.Ordinal);
        await handle.ForgetAsync(restore: true, CancellationToken.None);
        Assert.Null(await moves.ValueAsync($"mailproxy/moves/{handle.Move.Id}/acks/proxy-2"));
    }

    [Fact]
    public async Task A_node_that_starts_during_the_hold_confirms_it_and_one_that_stops_drops_out()
    {
        await using var moves = await MoveCluster.StartAsync();
        var (leaving, presence) = await moves.NodeAsync("proxy-1");
        presence.Come(MoveCluster.Alice);
        await using var handle = await moves.Ledger.BeginAsync(MoveCluster.NewMove(), CancellationToken.None);
        await handle.WriteAsync(handle.Move with { Step = MoveStep.Confirming }, CancellationToken.None);
        await MoveCluster.WaitForUnconfirmedAsync(handle, "proxy-1");

        var (late, _) = await moves.NodeAsync("proxy-2");
        Assert.Equal(RouteOutcome.Held, late.Router.Route(MoveCluster.Alice, "store-1").Outcome);
        await MoveCluster.WaitForUnconfirmedAsync(handle, "proxy-1");
        await leaving.DisposeAsync();

        await MoveCluster.WaitForUnconfirmedAsync(handle);
    }

    [Fact]
    public async Task Without_any_live_proxy_nothing_counts_as_confirmed()
    {
        await using var moves = await MoveCluster.StartAsync();
        await moves.Cluster.PutAsync("mailproxy/proxies/proxy-of-yesterday", "{}");
        await using var handle = await moves.Ledger.BeginAsync(MoveCluster.NewMove(), CancellationToken.None);
        Assert.Contains("no live proxy", Assert.Single(await handle.UnconfirmedAsync(CancellationToken.None)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_that_serves_without_its_key_is_waited_for()
    {
        await using var moves = await MoveCluster.StartAsync();
        await moves.NodeAsync("proxy-1");
        await moves.Cluster.Consul.Agent.RegisterServiceAsync(RunningCluster.Store("proxy-old") with { Name = "mail-proxy" }, CancellationToken.None);
        await using var handle = await moves.Ledger.BeginAsync(MoveCluster.NewMove(), CancellationToken.None);
        await handle.WriteAsync(handle.Move with { Step = MoveStep.Confirming }, CancellationToken.None);

        await MoveCluster.WaitForUnconfirmedAsync(handle, "proxy-old");
    }

    [Fact]
    public async Task A_node_that_crashed_takes_its_key_over_at_its_next_start()
    {
        await using var moves = await MoveCluster.StartAsync();
        var former = await moves.Cluster.Consul.Session.CreateAsync(new() { Name = "former life", Ttl = "60s", Behavior = "delete", LockDelay = "0s" }, CancellationToken.None);
        Assert.True(await moves.Cluster.Consul.Kv.AcquireAsync("mailproxy/proxies/proxy-1", "{}"u8.ToArray(), former, CancellationToken.None));

        await moves.NodeAsync("proxy-1");

        Assert.NotEqual(former, await moves.SessionOfAsync("mailproxy/proxies/proxy-1"));
        Assert.Contains("1.2.3", await moves.ValueAsync("mailproxy/proxies/proxy-1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hold_without_a_record_is_confirmed_to_nobody_and_leaves_no_litter()
    {
        await using var moves = await MoveCluster.StartAsync();
        await moves.NodeAsync("proxy-1");
        await moves.Cluster.PutAsync("mailproxy/users/" + MoveCluster.Alice, """{"store":"store-1","state":"held","moving":"store-2","move":"gone"}""");

        await moves.Cluster.Log.WaitForInformationAsync("Move gone of alice@example.org is not there any more");
        Assert.Null(await moves.ValueAsync("mailproxy/moves/gone/acks/proxy-1"));
    }

    [Fact]
    public async Task A_whole_move_with_two_nodes_and_back_at_once()
    {
        await using var moves = await MoveCluster.StartAsync();
        var nodes = new[] { await moves.NodeAsync("proxy-1"), await moves.NodeAsync("proxy-2") };
        foreach (var (node, presence) in nodes)
        {
            // A proxy's sessions end when it hears of the hold.
            presence.Come(MoveCluster.Alice);
            node.Router.Changed += _ =>
            {
                if (node.Router.Route(MoveCluster.Alice, "store-1").Move is not null)
                {
                    presence.Leave(MoveCluster.Alice);
                }
            };
        }

        foreach (var (from, to) in new[] { ("store-1", "store-2"), ("store-2", "store-1") })
        {
            var world = new MoveWorld();
            await using var handle = await moves.Ledger.BeginAsync(MoveCluster.NewMove(from, to), CancellationToken.None);
            var result = await new MoveDriver(handle, world, new MoveTimes(), TimeProvider.System, new DirectProgress<MoveProgress>(_ => { })).RunAsync(CancellationToken.None);
            Assert.Equal(MoveOutcome.Moved, result.Outcome);
            Assert.True(world.TargetServes);
            Assert.Equal(to, await moves.ValueAsync("mailproxy/users/" + MoveCluster.Alice));
            await nodes[1].Node.Router.WaitForAsync(MoveCluster.Alice, decision => decision is { Outcome: RouteOutcome.Routed } && decision.StoreId == to);
        }
    }
}
