using MailProxy.Configuration;
using MailProxy.Directory;
using MailProxy.Nodes;
using MailProxy.Routing;
using MailProxy.Routing.Catalog;
using MailProxy.Routing.Consul.Moves;
using MailProxy.Routing.Consul.Plans;
using MailProxy.Routing.Moves;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailProxy.Moving.Many;

/// <summary>What a command that moves many users asks: Consul, the directory and the stores, as a proxy's configuration names them.</summary>
internal sealed class ManyContext(ProxyConfig config, TimeProvider time) : IAsyncDisposable
{
    // Longer than a leader's election in Consul.
    private static readonly TimeSpan LoadLimit = TimeSpan.FromSeconds(30);

    private readonly RoutingService _routing = new(config.Consul, NullLoggerFactory.Instance, time);
    private readonly IDirectoryProvider _directory = UserDirectoryFactory.Create(config.Directory, NullLoggerFactory.Instance, time);

    /// <summary>The clock.</summary>
    public TimeProvider Time => time;

    /// <summary>Moves of single users.</summary>
    public MoveLedger Moves { get; } = new(config.Consul, time);

    /// <summary>Routes of many.</summary>
    public RouteLedgers Routes { get; } = new(config.Consul, time);

    /// <summary>The stores' API.</summary>
    public StoreApiClients Clients { get; } = new(StoreTlsFiles.Load(config.Stores.Tls));

    /// <summary>Where users are routed.</summary>
    public IRouter Router => _routing.Router;

    /// <summary>Who does this, as <c>name@machine</c>.</summary>
    public static string Operator
    {
        get
        {
            var name = Environment.GetEnvironmentVariable("SUDO_USER") is { Length: > 0 } behind ? behind : Environment.UserName;
            return $"{name}@{Environment.MachineName}";
        }
    }

    /// <summary>Loads routes and directory.</summary>
    public async Task StartAsync(CancellationToken stop)
    {
        _routing.Start();
        await _directory.StartAsync(stop);
        try
        {
            await _routing.ReadyAsync(stop).WaitAsync(LoadLimit, time, stop);
        }
        catch (TimeoutException)
        {
            throw new MoveException($"Consul gave no routes within {LoadLimit.TotalSeconds:0} s: {_routing.Detail}");
        }
    }

    /// <summary>What the directory says of a user.</summary>
    /// <exception cref="MoveException">It cannot say now.</exception>
    public async Task<LookupResult> LookUpAsync(string user, CancellationToken stop) => await _directory.LookUpAsync(user, stop) is var found
        && found.Outcome == LookupOutcome.TemporarilyUnavailable
            ? throw new MoveException($"The directory cannot be asked about {user} now: {found.Detail}. Nothing more was begun; repeat the command when it answers.")
            : found;

    /// <summary>A store of the catalog; null: Consul does not list it.</summary>
    public StoreNode? NodeOf(string store) => Router.Stores.FirstOrDefault(node => node.Id == store);

    /// <summary>A store that must be there and not offline.</summary>
    public StoreNode RequireStore(string store)
    {
        var node = NodeOf(store) ?? throw new MoveException(
            $"There is no store {store}. Consul lists: {string.Join(", ", Router.Stores.Select(known => known.Id).Order(StringComparer.Ordinal))}.");
        return node.State != StoreState.Offline ? node : throw new MoveException($"{store} is offline ({node.StateDetail}). Nothing was changed.");
    }

    /// <summary>The same, and it must take users.</summary>
    public StoreNode RequireTaker(string store) => RequireStore(store) is { State: StoreState.Online } node
        ? node
        : throw new MoveException($"{store} is draining, so nobody can move there. Set it online first (mailproxy/stores/{store}). Nothing was changed.");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Clients.Dispose();
        Moves.Dispose();
        Routes.Dispose();
        await _routing.DisposeAsync();
        await _directory.DisposeAsync();
    }
}
