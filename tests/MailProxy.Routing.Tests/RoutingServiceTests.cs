using MailProxy.Routing.Catalog;
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
}
