using MailProxy.Routing.Catalog;
using MailProxy.Routing.Consul;
using MailProxy.Routing.Consul.Client;
using MailProxy.Routing.Consul.Model;
using MailProxy.Routing.Consul.Watch;
using MailProxy.Routing.Decisions;
using Xunit;

namespace MailProxy.Routing.Tests;

public sealed class RoutingServiceTests
{
    [Fact]
    public async Task A_plain_put_moves_the_user_within_a_second()
    {
        await using var cluster = await RunningCluster.StartAsync();
        Assert.Equal("store-1", cluster.Router.Route("bob@example.org", "store-1").StoreId);

        // With curl's words, not with our client.
        using var http = new HttpClient();
        var started = TimeProvider.System.GetTimestamp();
        var answer = await http.PutAsync(new Uri(cluster.Options.Address + "/v1/kv/mailproxy/users/bob@example.org"), new StringContent("store-2"));
        Assert.Equal("true", await answer.Content.ReadAsStringAsync());

        var decision = await cluster.Router.WaitForAsync("bob@example.org", d => d.StoreId == "store-2", "store-1");

        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Equal(RouteOutcome.Routed, decision.Outcome);
        Assert.Equal(RouteReason.Pin, decision.Reason);
        Assert.Equal("pin mailproxy/users/bob@example.org", decision.Detail);
        Assert.Equal(10143, decision.Store!.Ports[StoreService.Imap]);
    }

    [Fact]
    public async Task Domains_slots_holds_and_the_operators_word_take_effect()
    {
        await using var cluster = await RunningCluster.StartAsync();
        await cluster.PutAsync("mailproxy/slots", """{"count":16,"ranges":[{"from":0,"to":15,"store":"store-1"}]}""");
        Assert.Equal(RouteReason.Slot, (await cluster.Router.WaitForAsync("a@example.org", d => d.Reason == RouteReason.Slot)).Reason);

        await cluster.PutAsync("mailproxy/domains/example.org", "store-2");
        Assert.Equal("store-2", (await cluster.Router.WaitForAsync("a@example.org", d => d.Reason == RouteReason.Domain)).StoreId);

        await cluster.PutAsync("mailproxy/stores/store-2", """{"state":"offline"}""");
        var offline = await cluster.Router.WaitForAsync("a@example.org", d => d.Outcome == RouteOutcome.StoreOffline);
        Assert.Equal("set offline by the operator", offline.Store!.StateDetail);

        await cluster.PutAsync("mailproxy/users/a@example.org", """{"store":"store-1","state":"held","moving":"store-2","move":"m1"}""");
        await cluster.Router.WaitForAsync("a@example.org", d => d.Outcome == RouteOutcome.Held);

        await cluster.Consul.Kv.DeleteTreeAsync("mailproxy/users/", CancellationToken.None);
        await cluster.Router.WaitForAsync("a@example.org", d => d.Reason == RouteReason.Domain);
    }

    [Fact]
    public async Task Disposing_twice_is_disposing_once()
    {
        var cluster = await RunningCluster.StartAsync();
        await cluster.DisposeAsync();
        await cluster.DisposeAsync();
    }

    [Fact]
    public async Task A_store_whose_check_turns_critical_is_offline_with_the_reason()
    {
        await using var cluster = await RunningCluster.StartAsync();
        await cluster.Consul.Agent.UpdateCheckAsync("service:store-1", new CheckUpdate("critical", "disk full"), CancellationToken.None);
        var decision = await cluster.Router.WaitForAsync("a@example.org", d => d.Outcome == RouteOutcome.StoreOffline, "store-1");
        Assert.Equal("check service:store-1 critical: disk full", decision.Store!.StateDetail);
    }

    [Fact]
    public async Task Without_the_agent_the_last_good_view_serves_and_the_detail_says_so_until_it_is_back()
    {
        var file = Path.Combine(System.IO.Directory.CreateTempSubdirectory("mailproxy-routing").FullName, "kv.json");
        await using var cluster = await RunningCluster.StartAsync(file);
        await cluster.PutAsync("mailproxy/users/bob@example.org", "store-2");
        await cluster.Router.WaitForAsync("bob@example.org", d => d.StoreId == "store-2");
        Assert.Empty(cluster.Service.Problems);

        await cluster.StopAgentAsync();
        await cluster.Log.WaitForWarningAsync("the last good view is kept");
        Assert.Equal(RouteOutcome.Routed, cluster.Router.Route("bob@example.org", null).Outcome);
        Assert.Null(cluster.Router.Unreadiness);
        Assert.Contains("127.0.0.1", cluster.Service.Problems[0], StringComparison.Ordinal);
        Assert.Contains("2 stores, 1 pins", cluster.Service.Detail, StringComparison.Ordinal);

        // The agent comes back without its services, as a fresh one does: the stores are kept all the same.
        await cluster.StartAgentAgainAsync();
        await cluster.PutAsync("mailproxy/users/bob@example.org", "store-1");
        var decision = await cluster.Router.WaitForAsync("bob@example.org", d => d.StoreId == "store-1");
        Assert.Equal(RouteOutcome.Routed, decision.Outcome);
        await cluster.RegisterStoresAsync();
        await cluster.PutAsync("mailproxy/stores/store-1", "drain");
        await cluster.Router.WaitUntilAsync(() => cluster.Router.Stores.Any(s => s.State == StoreState.Draining));
    }

    [Fact]
    public async Task Before_the_first_view_readiness_says_what_is_missing_and_why()
    {
        var log = new RecordingLogger();
        var handler = new Feed.AnsweringHandler(_ => (500, "No cluster leader"));
        var options = new ConsulOptions { Address = "consul.test:8500" };
        await using var service = new RoutingService(
            options, new ConsulClient(options, handler, TimeProvider.System), log, TimeProvider.System, Random.Shared, new WatchOptions());
        service.Start();
        await log.WaitForWarningAsync("No cluster leader");

        Assert.False(service.ReadyAsync(CancellationToken.None).IsCompleted);
        Assert.Equal(RouteOutcome.NotLoaded, service.Router.Route("a@example.org", "store-1").Outcome);
        Assert.Contains("not loaded", service.Router.Unreadiness, StringComparison.Ordinal);
        Assert.Contains("No cluster leader", service.Router.Unreadiness, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a/../b@example.org")]
    [InlineData("../slots")]
    [InlineData("%2e%2e/slots")]
    [InlineData("a//b@example.org")]
    [InlineData("50%off@example.org")]
    [InlineData("a?recurse&x=#@example.org")]
    public async Task User_names_are_plain_data(string user)
    {
        await using var cluster = await RunningCluster.StartAsync();
        await cluster.PutAsync("mailproxy/users/other@example.org", "store-2");
        await cluster.Router.WaitForAsync("other@example.org", d => d.StoreId == "store-2");

        // Routing looks names up in memory; none becomes a path.
        Assert.Equal("store-1", cluster.Router.Route(user, "store-1").StoreId);

        // Where one would become a path, it is the right key or none.
        var key = "mailproxy/users/" + user;
        if (ConsulKey.Problem(key) is null)
        {
            await cluster.PutAsync(key, "store-2");
            await cluster.Router.WaitForAsync(user, d => d.StoreId == "store-2", "store-1");
        }
        else
        {
            await Assert.ThrowsAsync<ArgumentException>(() => cluster.PutAsync(key, "store-2"));
        }

        var keys = await cluster.Consul.Kv.KeysAsync("mailproxy/", default, CancellationToken.None);
        Assert.All(keys.Value, k => Assert.StartsWith("mailproxy/users/", k, StringComparison.Ordinal));
    }
}
