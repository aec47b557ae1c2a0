using MailProxy.Routing.Catalog;
using MailProxy.Routing.Consul.Client;
using MailProxy.Routing.Consul.Model;
using MailProxy.Routing.Consul.Relays;
using MailProxy.Routing.Consul.Watch;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.Routing.Tests.Relays;

public sealed class ConsulRelaysTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Relays_of_the_service_are_addresses_of_one_node_and_follow_their_checks()
    {
        await using var cluster = await RunningCluster.StartAsync();
        await using var relays = Relays(cluster);
        Assert.Null(relays.Node);
        relays.Start();
        await UntilAsync(() => relays.Notice?.Contains("Consul lists no mail-relay", StringComparison.Ordinal) == true);

        await RegisterAsync(cluster, "relay-a", "127.0.0.1", 2501);
        await RegisterAsync(cluster, "relay-b", "127.0.0.2", 2502);
        await UntilAsync(() => relays.Node?.Candidates.Count == 2);
        var node = relays.Node!;
        Assert.Equal(("mail-relay", StoreTlsMode.StartTls, StoreState.Online, null), (node.Id, node.Tls, node.State, relays.Notice));
        Assert.Equal([2501, 2502], node.Candidates.Select(candidate => candidate.Ports[StoreService.Submission]));

        await cluster.Consul.Agent.UpdateCheckAsync("service:relay-a", new CheckUpdate(HealthStatus.Critical, "queue full"), CancellationToken.None);
        await UntilAsync(() => relays.Node!.Candidates.Any(candidate => candidate.IsOut));
        Assert.Equal("127.0.0.2", relays.Node!.Address);
        Assert.Same(node.Health, relays.Node.Health);
    }

    [Fact]
    public async Task A_service_that_is_gone_keeps_the_last_relays()
    {
        await using var cluster = await RunningCluster.StartAsync();
        await using var relays = Relays(cluster);
        relays.Start();
        await RegisterAsync(cluster, "relay-a", "127.0.0.1", 2501);
        await UntilAsync(() => relays.Node is not null);
        await cluster.Consul.Agent.DeregisterServiceAsync("relay-a", CancellationToken.None);
        await UntilAsync(() => relays.Notice?.Contains("the last 1 are kept", StringComparison.Ordinal) == true);
        Assert.Equal(2501, relays.Node!.Ports[StoreService.Submission]);
    }

    [Fact]
    public async Task What_cannot_be_dialled_is_told_and_left_out()
    {
        await using var cluster = await RunningCluster.StartAsync();
        await using var relays = Relays(cluster);
        relays.Start();
        await RegisterAsync(cluster, "relay-a", "127.0.0.1", 0);
        await RegisterAsync(cluster, "relay-b", "127.0.0.1", 2502, tls: "perhaps");
        await RegisterAsync(cluster, "relay-c", "127.0.0.1", 2503, tls: "none");
        await UntilAsync(() => relays.Node is not null && cluster.Log.Warnings.Count(text => text.Contains("is ignored", StringComparison.Ordinal)) == 2);
        Assert.Equal((StoreTlsMode.None, 2503), (relays.Node!.Tls, Assert.Single(relays.Node.Candidates).Ports[StoreService.Submission]));
    }

    private static ConsulRelays Relays(RunningCluster cluster) => new(
        "mail-relay", new ConsulClient(cluster.Options, null, TimeProvider.System), new WatchOptions { Wait = TimeSpan.FromSeconds(5) }, cluster.Log, TimeProvider.System, new Random(1));

    private static Task RegisterAsync(RunningCluster cluster, string id, string address, int port, string tls = "starttls") =>
        cluster.Consul.Agent.RegisterServiceAsync(
            new ServiceDefinition
            {
                Id = id, Name = "mail-relay", Address = address, Port = port, Meta = new Dictionary<string, string> { ["tls"] = tls },
                Check = new CheckDefinition { Ttl = "60s", Status = HealthStatus.Passing },
            },
            CancellationToken.None);

    private static async Task UntilAsync(Func<bool> isSo)
    {
        var until = DateTime.UtcNow + Patience;
        while (!isSo())
        {
            Assert.True(DateTime.UtcNow < until, "it did not come to that");
            await Beat.WaitAsync(10);
        }
    }
}
