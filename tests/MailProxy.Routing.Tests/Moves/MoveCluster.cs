using System.Text;
using MailProxy.Routing.Consul;
using MailProxy.Routing.Consul.Moves;
using MailProxy.Routing.Moves;
using MailProxy.Testing;

namespace MailProxy.Routing.Tests.Moves;

/// <summary>An embedded agent, a ledger of moves, and nodes that take part.</summary>
internal sealed class MoveCluster : IAsyncDisposable
{
    public const string Alice = "alice@example.org";

    private readonly List<RoutingService> nodes = [];
    private readonly RunningCluster cluster;

    private MoveCluster(RunningCluster cluster)
    {
        this.cluster = cluster;
        Ledger = new MoveLedger(new Routing.Consul.Client.ConsulClient(cluster.Options, null, TimeProvider.System), "mailproxy", TimeProvider.System, TimeSpan.Zero);
    }

    public MoveLedger Ledger { get; }

    public RunningCluster Cluster => cluster;

    public static async Task<MoveCluster> StartAsync() => new(await RunningCluster.StartAsync());

    public static MoveRecord NewMove(string from = "store-1", string to = "store-2", string by = "op@one") =>
        new(Guid.NewGuid().ToString("N"), Alice, from, to, MoveStep.Copying, new DateTimeOffset(2026, 11, 27, 12, 0, 0, TimeSpan.Zero), by);

    /// <summary>A node that takes part, loaded.</summary>
    public async Task<(RoutingService Node, ScriptedPresence Presence)> NodeAsync(string id)
    {
        var presence = new ScriptedPresence();
        var node = new RoutingService(cluster.Options, cluster.Log, TimeProvider.System);
        node.TakePart(new MoveParticipation(id, "1.2.3"), presence);
        node.Start();
        nodes.Add(node);
        await node.ReadyAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));
        return (node, presence);
    }

    /// <summary>Whose confirmation is missing, once it is these.</summary>
    public static async Task WaitForUnconfirmedAsync(IMoveHandle handle, params string[] wanted)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!(await handle.UnconfirmedAsync(patience.Token)).SequenceEqual(wanted))
        {
            await Beat.WaitAsync(20, patience.Token);
        }
    }

    public async Task<string?> ValueAsync(string key) =>
        (await cluster.Consul.Kv.GetAsync(key, default, CancellationToken.None)).Value is { } pair ? Encoding.UTF8.GetString(pair.Value ?? []) : null;

    public async Task<string?> SessionOfAsync(string key) => (await cluster.Consul.Kv.GetAsync(key, default, CancellationToken.None)).Value?.Session;

    /// <summary>What a killed command leaves once its session has run out.</summary>
    public async Task KillDriverAsync(string move) =>
        await cluster.Consul.Session.DestroyAsync((await SessionOfAsync($"mailproxy/moves/{move}"))!, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        foreach (var node in nodes)
        {
            await node.DisposeAsync();
        }

        Ledger.Dispose();
        await cluster.DisposeAsync();
    }
}
