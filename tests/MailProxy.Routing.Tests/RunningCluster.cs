using MailProxy.Routing.Consul;
using MailProxy.Routing.Consul.Client;
using MailProxy.Routing.Consul.Embedded;
using MailProxy.Routing.Consul.Model;

namespace MailProxy.Routing.Tests;

/// <summary>An embedded agent with two stores and a routing service that watches it.</summary>
internal sealed class RunningCluster : IAsyncDisposable
{
    private readonly EmbeddedAgentOptions agentOptions;
    private EmbeddedConsulAgent agent;

    private RunningCluster(EmbeddedConsulAgent agent, EmbeddedAgentOptions agentOptions)
    {
        this.agent = agent;
        this.agentOptions = agentOptions;
        Options = new ConsulOptions { Address = agent.Address, WaitTime = TimeSpan.FromSeconds(5) };
        Consul = new ConsulClient(Options, null, TimeProvider.System);
        Service = new RoutingService(Options, Log, TimeProvider.System);
    }

    public RecordingLogger Log { get; } = new();

    public ConsulOptions Options { get; }

    public ConsulClient Consul { get; }

    public RoutingService Service { get; }

    public IRouter Router => Service.Router;

    public static async Task<RunningCluster> StartAsync(string? dataFile = null)
    {
        var options = new EmbeddedAgentOptions { Port = 0, DataFile = dataFile };
        var agent = await EmbeddedConsulAgent.StartAsync(options, new RecordingLogger(), TimeProvider.System, CancellationToken.None);
        var cluster = new RunningCluster(agent, options);
        await cluster.RegisterStoresAsync();
        cluster.Service.Start();
        await cluster.Service.ReadyAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));
        return cluster;
    }

    public async Task RegisterStoresAsync()
    {
        foreach (var id in new[] { "store-1", "store-2" })
        {
            await Consul.Agent.RegisterServiceAsync(Store(id), CancellationToken.None);
        }
    }

    public static ServiceDefinition Store(string id) => new()
    {
        Id = id,
        Name = "mail-store",
        Address = "127.0.0.1",
        Meta = new Dictionary<string, string> { ["imap"] = "10143", ["lmtp"] = "10024", ["tls"] = "starttls", ["login"] = "external" },
        Check = new CheckDefinition { Ttl = "60s", Status = HealthStatus.Passing },
    };

    public Task PutAsync(string key, string value) => Consul.Kv.PutAsync(key, System.Text.Encoding.UTF8.GetBytes(value), CancellationToken.None);

    public async Task StopAgentAsync() => await agent.DisposeAsync();

    /// <summary>On the port it had before.</summary>
    public async Task StartAgentAgainAsync() =>
        agent = await EmbeddedConsulAgent.StartAsync(agentOptions with { Port = agent.Endpoint.Port }, new RecordingLogger(), TimeProvider.System, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        Consul.Dispose();
        await agent.DisposeAsync();
    }
}
