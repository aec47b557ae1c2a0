using MailProxy.Routing.Catalog;
using MailProxy.Routing.Consul;
using MailProxy.Routing.Consul.Client;
using MailProxy.Routing.Consul.Embedded;
using MailProxy.Routing.Consul.Model;
using MailProxy.Routing.Consul.Registration;
using MailProxy.Routing.Tests.Watch;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MailProxy.Routing.Tests.Registration;

public sealed class RegistrationTests : IDisposable
{
    private static readonly StoreRegistrationOptions Store = new()
    {
        StoreId = "store-1",
        Address = "127.0.0.1",
        Ports = new Dictionary<StoreService, int> { [StoreService.Imap] = 10143, [StoreService.Lmtp] = 10024 },
        Tls = StoreTlsMode.Implicit,
        Login = "external",
        Ttl = TimeSpan.FromSeconds(9),
    };

    private readonly FakeTimeProvider agentTime = new();
    private readonly PauseWatchingTime ownTime = new();
    private readonly RecordingLogger log = new();

    private static CancellationToken None => CancellationToken.None;

    public void Dispose() => log.Dispose();

    [Fact]
    public async Task A_store_is_passing_while_its_process_lives_and_critical_soon_after()
    {
        await using var agent = await StartAsync();
        using var reader = Client(agent);
        var registration = new StoreRegistration(Client(agent), "mail-store", Store, log, ownTime, new Random(1));
        registration.Start();
        await registration.RegisteredAsync(None);
        var health = (await HealthAsync(reader))!;
        Assert.Equal("passing", Status(health));
        Assert.Equal([("imap", "10143"), ("lmtp", "10024"), ("login", "external"), ("tls", "implicit")],
            health.Service.Meta!.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => (m.Key, m.Value)));

        // Lives: a report each third of the TTL.
        for (var i = 0; i < 6; i++)
        {
            agentTime.Advance(TimeSpan.FromSeconds(3));
            Assert.Equal(TimeSpan.FromSeconds(3), await ownTime.PassPauseAsync());
        }

        // The loop pauses again only after the last report has been answered. Were this pause passed, one more report would be under way.
        await ownTime.SeePauseAsync();
        Assert.Equal("passing", Status((await HealthAsync(reader))!));

        // Hangs: its clock stands still.
        agentTime.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("critical", Status((await HealthAsync(reader))!));

        await registration.DisposeAsync();
        Assert.Null(await HealthAsync(reader));
    }

    [Fact]
    public async Task A_store_that_the_agent_has_forgotten_is_back_with_its_next_report()
    {
        await using var agent = await StartAsync();
        using var reader = Client(agent);
        await using var registration = new StoreRegistration(Client(agent), "mail-store", Store, log, ownTime, new Random(1));
        registration.Start();
        await registration.RegisteredAsync(None);

        await reader.Agent.DeregisterServiceAsync("store-1", None);
        await ownTime.PassPauseAsync();
        await log.WaitForWarningAsync("cannot be kept registered");
        await ownTime.PassPauseAsync();
        await log.WaitForInformationAsync("registered with Consul again");
        Assert.Equal("passing", Status((await HealthAsync(reader))!));
    }

    [Fact]
    public async Task A_proxy_is_judged_by_its_readiness_and_looked_after_every_minute()
    {
        await using var agent = await StartAsync();
        using var reader = Client(agent);
        var options = new ProxyRegistrationOptions
        {
            NodeId = "proxy-1",
            Address = "127.0.0.1",
            Port = 1143,
            Readiness = new Uri(agent.Address + "/v1/status/leader"),
            Meta = new Dictionary<string, string> { ["version"] = "0.1" },
        };
        var clock = new PauseWatchingTime(TimeSpan.FromMinutes(2));
        await using var registration = new ProxyRegistration(Client(agent), options, log, clock, new Random(1));
        registration.Start();
        await registration.RegisteredAsync(None);
        Assert.Equal("passing", await NextStatusAsync(reader, "passing"));

        await reader.Agent.DeregisterServiceAsync("proxy-1", None);
        Assert.Equal(TimeSpan.FromMinutes(1), await clock.PassPauseAsync());
        await log.WaitForWarningAsync("has lost service proxy-1");
        Assert.Equal("passing", await NextStatusAsync(reader, "passing"));
    }

    [Fact]
    public async Task Without_an_agent_a_store_keeps_trying_and_stops_in_time()
    {
        var consul = new ConsulClient(new ConsulOptions { Address = "c.test:1" }, new Feed.AnsweringHandler(_ => (500, "No cluster leader")), ownTime);
        var registration = new StoreRegistration(consul, "mail-store", Store, log, ownTime, new Random(1));
        registration.Start();
        var pauses = new List<TimeSpan>();
        for (var i = 0; i < 6; i++)
        {
            pauses.Add(await ownTime.PassPauseAsync());
        }

        Assert.All(pauses, p => Assert.InRange(p, TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(5)));
        Assert.Single(log.Warnings);
        await registration.DisposeAsync();
        await log.WaitForWarningAsync("could not be deregistered");
    }

    [Theory]
    [InlineData("", "127.0.0.1", 143)]
    [InlineData("a/../b", "127.0.0.1", 143)]
    [InlineData("s", "not a host", 143)]
    [InlineData("s", "127.0.0.1", 0)]
    [InlineData("s", "127.0.0.1", 65536)]
    public void What_could_not_be_used_is_refused_before_it_is_registered(string id, string address, int port)
    {
        var options = Store with { StoreId = id, Address = address, Ports = new Dictionary<StoreService, int> { [StoreService.Imap] = port } };
        Assert.Throws<ArgumentException>(() => new StoreRegistration(new ConsulOptions(), options, log, ownTime));
    }

    private static ConsulClient Client(EmbeddedConsulAgent agent) => new(new ConsulOptions { Address = agent.Address }, null, TimeProvider.System);

    private static string Status(ServiceHealth health) => health.Checks.Single(c => c.ServiceId.Length != 0).Status;

    private static async Task<ServiceHealth?> HealthAsync(ConsulClient consul) => (await consul.Health.ServiceAsync("mail-store", default, None)).Value.SingleOrDefault();

    private static async Task<string> NextStatusAsync(ConsulClient consul, string wanted)
    {
        ulong index = 0;
        for (var reads = 0; reads < 20; reads++)
        {
            var answer = await consul.Health.ServiceAsync("mail-proxy", new ConsulQuery(index, TimeSpan.FromSeconds(5)), None);
            if (answer.Value.Count == 1 && Status(answer.Value[0]) == wanted)
            {
                return wanted;
            }

            index = answer.Index;
        }

        return "never " + wanted;
    }

    private Task<EmbeddedConsulAgent> StartAsync() =>
        EmbeddedConsulAgent.StartAsync(new EmbeddedAgentOptions { Port = 0 }, new RecordingLogger(), agentTime, None);
}
