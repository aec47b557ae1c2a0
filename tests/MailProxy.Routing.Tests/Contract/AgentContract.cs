using System.Net;
using System.Net.Sockets;
using MailProxy.Routing.Consul;
using MailProxy.Routing.Consul.Client;
using MailProxy.Routing.Consul.Model;
using Xunit;

namespace MailProxy.Routing.Tests.Contract;

public sealed class AgentContract(ConsulTargets targets) : IClassFixture<ConsulTargets>
{
    public static TheoryData<ConsulTarget> Targets => ConsulTargets.All;

    private static CancellationToken None => CancellationToken.None;

    [Theory, MemberData(nameof(Targets))]
    public async Task A_ttl_check_begins_critical_and_passes_when_told_so(ConsulTarget target)
    {
        using var consul = targets.Client(target);
        var service = NewService(new CheckDefinition { Ttl = "60s" });
        await consul.Agent.RegisterServiceAsync(service, None);
        Assert.Equal("critical", await StatusAsync(consul, service, s => s is not null));
        Assert.Equal("meta-value", (await consul.Agent.ServiceAsync(service.Id, None))!.Meta!["imap"]);

        await consul.Agent.UpdateCheckAsync("service:" + service.Id, new CheckUpdate("passing", "fine"), None);
        Assert.Equal("passing", await StatusAsync(consul, service, s => s != "critical"));

        // Registered again, it keeps its state: a store that repeats itself every minute does not flap.
        await consul.Agent.RegisterServiceAsync(service, None);
        Assert.Equal("passing", await StatusAsync(consul, service, s => s is not null));

        await consul.Agent.DeregisterServiceAsync(service.Id, None);
        await consul.Agent.DeregisterServiceAsync(service.Id, None);
        Assert.Null(await StatusAsync(consul, service, s => s is null));
        Assert.Null(await consul.Agent.ServiceAsync(service.Id, None));
    }

    [Theory, MemberData(nameof(Targets))]
    public async Task A_report_to_an_unknown_check_is_a_permanent_fault(ConsulTarget target)
    {
        using var consul = targets.Client(target);
        var error = await Assert.ThrowsAsync<ConsulException>(
            () => consul.Agent.UpdateCheckAsync("service:" + Guid.NewGuid(), new CheckUpdate("passing", ""), None));
        Assert.Equal(ConsulFault.Permanent, error.Fault);
    }

    [Theory, MemberData(nameof(Targets))]
    public async Task Http_checks_are_executed(ConsulTarget target)
    {
        using var consul = targets.Client(target);
        if (new Uri(consul.Address).Scheme == "http")
        {
            var service = NewService(new CheckDefinition { Http = consul.Address + "/v1/status/leader", Interval = "1s" });
            await consul.Agent.RegisterServiceAsync(service, None);
            Assert.Equal("passing", await StatusAsync(consul, service, s => s == "passing"));
            await consul.Agent.DeregisterServiceAsync(service.Id, None);
        }
    }

    [Theory, MemberData(nameof(Targets))]
    public async Task Tcp_checks_are_executed(ConsulTarget target)
    {
        using var consul = targets.Client(target);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var service = NewService(new CheckDefinition { Tcp = listener.LocalEndpoint.ToString()!, Interval = "1s" });
        await consul.Agent.RegisterServiceAsync(service, None);
        Assert.Equal("passing", await StatusAsync(consul, service, s => s == "passing"));

        listener.Stop();
        Assert.Equal("critical", await StatusAsync(consul, service, s => s == "critical"));
        await consul.Agent.DeregisterServiceAsync(service.Id, None);
    }

    [Theory, MemberData(nameof(Targets))]
    public async Task Maintenance_is_one_more_critical_check(ConsulTarget target)
    {
        using var consul = targets.Client(target);
        var service = NewService(new CheckDefinition { Ttl = "60s", Status = "passing" });
        await consul.Agent.RegisterServiceAsync(service, None);
        await targets.SendRawAsync(target, HttpMethod.Put, $"/v1/agent/service/maintenance/{service.Id}?enable=true&reason=disk");
        var health = await HealthAsync(consul, service, h => h?.Checks.Any(c => c.CheckId.StartsWith("_service_maintenance", StringComparison.Ordinal)) == true);
        Assert.Contains(health!.Checks, c => c is { Status: "critical", Notes: "disk" });

        await targets.SendRawAsync(target, HttpMethod.Put, $"/v1/agent/service/maintenance/{service.Id}?enable=false");
        Assert.NotNull(await HealthAsync(consul, service, h => h!.Checks.All(c => c.Status == "passing")));
        await consul.Agent.DeregisterServiceAsync(service.Id, None);
    }

    [Theory, MemberData(nameof(Targets))]
    public async Task Checks_of_an_earlier_definition_go(ConsulTarget target)
    {
        using var consul = targets.Client(target);
        var service = NewService(new CheckDefinition { CheckId = "old-" + Guid.NewGuid(), Ttl = "60s" });
        await consul.Agent.RegisterServiceAsync(service, None);
        await consul.Agent.RegisterServiceAsync(service with { Check = new CheckDefinition { Ttl = "60s", Status = "passing" } }, None);
        Assert.Equal("passing", await StatusAsync(consul, service, s => s == "passing"));
        await consul.Agent.DeregisterServiceAsync(service.Id, None);
    }

    [Theory, MemberData(nameof(Targets))]
    public async Task There_is_a_leader_and_an_unknown_service_is_an_empty_list(ConsulTarget target)
    {
        using var consul = targets.Client(target);
        Assert.Matches(@"^.+:\d+$", await consul.Status.LeaderAsync(None));
        Assert.Contains(await consul.Status.LeaderAsync(None), await consul.Status.PeersAsync(None));
        var unknown = await consul.Health.ServiceAsync("none-" + Guid.NewGuid().ToString("N"), default, None);
        Assert.Empty(unknown.Value);
        Assert.True(unknown.Index >= 1);
    }

    private static ServiceDefinition NewService(CheckDefinition check)
    {
        var name = "contract-" + Guid.NewGuid().ToString("N");
        return new ServiceDefinition { Id = name, Name = name, Address = "127.0.0.1", Port = 1, Meta = new Dictionary<string, string> { ["imap"] = "meta-value" }, Check = check };
    }

    private static async Task<string?> StatusAsync(ConsulClient consul, ServiceDefinition service, Func<string?, bool> wanted)
    {
        static string? Status(ServiceHealth? health) => health?.Checks.Single(c => c.ServiceId.Length != 0).Status;
        return Status(await HealthAsync(consul, service, h => wanted(Status(h))));
    }

    // By blocking queries: registration is local first and is synchronised later, as a real agent does it.
    private static async Task<ServiceHealth?> HealthAsync(ConsulClient consul, ServiceDefinition service, Func<ServiceHealth?, bool> wanted)
    {
        ulong index = 0;
        for (var reads = 0; reads < 30; reads++)
        {
            var answer = await consul.Health.ServiceAsync(service.Name, new ConsulQuery(index, TimeSpan.FromSeconds(5)), None);
            var health = answer.Value.SingleOrDefault();
            if (wanted(health))
            {
                return health;
            }

            index = answer.Index;
        }

        Assert.Fail($"{service.Name} never came into the state that was waited for");
        return null;
    }
}
