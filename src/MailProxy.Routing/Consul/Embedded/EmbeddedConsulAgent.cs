using System.Net;
using MailProxy.Routing.Consul.Embedded.Checks;
using MailProxy.Routing.Consul.Embedded.Http;
using MailProxy.Routing.Consul.Embedded.State;
using MailProxy.Routing.Consul.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MailProxy.Routing.Consul.Embedded;

/// <summary>
/// Serves the part of Consul's HTTP API that MailProxy uses, from memory: for <c>mailproxy dev</c> and for tests. No access control, one
/// node, no cluster.
/// </summary>
public sealed class EmbeddedConsulAgent : IAsyncDisposable
{
    // What is in flight when the agent stops has been answered early; this is for slow readers.
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(2);

    private readonly WebApplication web;
    private readonly AgentState state;
    private readonly CheckLoops loops;
    private readonly ITimer sweep;
    private readonly KvFile? file;
    private int disposed;

    private EmbeddedConsulAgent(WebApplication web, AgentState state, CheckLoops loops, KvFile? file, TimeProvider time)
    {
        this.web = web;
        this.state = state;
        this.loops = loops;
        this.file = file;
        sweep = time.CreateTimer(_ => Sweep(time), null, EmbeddedLimits.SweepInterval, EmbeddedLimits.SweepInterval);
        var bound = web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Endpoint = IPEndPoint.Parse(new Uri(bound).Authority);
    }

    /// <summary>Where it listens; the real port also when port 0 was asked for.</summary>
    public IPEndPoint Endpoint { get; }

    /// <summary>The same for <see cref="ConsulOptions.Address"/>.</summary>
    public string Address => $"http://{Endpoint}";

    /// <summary>Starts; ends when it accepts requests.</summary>
    /// <exception cref="IOException">The port is taken (the inner exception is an AddressInUseException), or the data file cannot be read.</exception>
    public static async Task<EmbeddedConsulAgent> StartAsync(
        EmbeddedAgentOptions options, ILogger logger, TimeProvider time, CancellationToken cancellationToken)
    {
        var file = options.DataFile is null ? null : new KvFile(options.DataFile);
        var kv = file?.Load() ?? KvTable.Empty;
        var initial = new ClusterState { Kv = kv, Index = Math.Max(1, kv.LastIndex), Catalog = NodeHealth(options.NodeName) };
        var state = new AgentState(initial, file, time, Random.Shared);
        var loops = new CheckLoops(state, new CheckProbe(time), time, logger);
        var web = Build(options, new AgentDispatcher(Endpoints(options, state, loops, time), options.Datacenter, logger));
        try
        {
            await web.StartAsync(cancellationToken);
        }
        catch
        {
            await loops.DisposeAsync();
            await web.DisposeAsync();
            file?.Dispose();
            throw;
        }

        var agent = new EmbeddedConsulAgent(web, state, loops, file, time);
        logger.LogInformation(
            "Embedded Consul agent on {Address}, {Keys} keys from {File}", agent.Address, kv.Entries.Count, options.DataFile ?? "nowhere: memory only");
        return agent;
    }

    /// <summary>Stops: blocked queries are answered early, as a stopping Consul does, then the listener closes. May be called again.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
        {
            return;
        }

        state.Stop();
        await sweep.DisposeAsync();
        using (var limit = new CancellationTokenSource(StopLimit))
        {
            await web.StopAsync(limit.Token);
        }

        await loops.DisposeAsync();
        await web.DisposeAsync();
        file?.Dispose();
    }

    private static WebApplication Build(EmbeddedAgentOptions options, AgentDispatcher dispatcher)
    {
        // The empty builder reads no environment, no files and no arguments: this server is configured here alone.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = EmbeddedLimits.MaxConnections;

            // Twice what the endpoints take: they answer 413 in Consul's words before this does it in Kestrel's.
            kestrel.Limits.MaxRequestBodySize = 2 * EmbeddedLimits.MaxBody;
            kestrel.Listen(options.Address, options.Port);
        });
        var web = builder.Build();
        web.Run(dispatcher.ServeAsync);
        return web;
    }

    private static IReadOnlyList<IAgentEndpoint> Endpoints(EmbeddedAgentOptions options, AgentState state, CheckLoops loops, TimeProvider time)
    {
        var node = new NodeInfo
        {
            Id = Guid.NewGuid().ToString(),
            Node = options.NodeName,
            Address = options.Address.ToString(),
            Datacenter = options.Datacenter,
            CreateIndex = 1,
            ModifyIndex = 1,
        };
        return
        [
            new KvHandler(state, time),
            new TxnHandler(state, time),
            new SessionHandler(state, options.NodeName, time),
            new HealthHandler(state, node),
            new AgentServiceHandler(state, loops, options.NodeName, time),
            new AgentCheckHandler(state, loops, options.NodeName, time),

            // After the two above, whose paths begin alike.
            new AgentListHandler(state),
            new CatalogHandler(state, node),
            new StatusHandler(),
        ];
    }

    private static ServiceTable NodeHealth(string node)
    {
        var check = new HealthCheck
        {
            Node = node,
            CheckId = "serfHealth",
            Name = "Serf Health Status",
            Status = HealthStatus.Passing,
            Output = "Agent alive and reachable",
            CreateIndex = 1,
            ModifyIndex = 1,
        };
        var table = ServiceTable.Empty;
        return table with { Checks = table.Checks.Add(check.CheckId, new CheckRecord(check, new CheckDefinition(), null, null)), LastIndex = 1 };
    }

    private void Sweep(TimeProvider time)
    {
        var gone = state.Change(s =>
        {
            var next = DeadlineSweep.Apply(s, time.GetUtcNow());
            return (next, next.Catalog.Services.Count != s.Catalog.Services.Count);
        });
        if (gone)
        {
            loops.Reconcile();
        }
    }
}
