using MailProxy.Routing.Catalog;
using MailProxy.Routing.Decisions;

namespace MailProxy.Routing.Static;

/// <summary>Routes by a fixed list of stores: the directory's word, else the first store. For one-store installations, laboratories and benchmarks.</summary>
public sealed class StaticRouting : IRoutingSource, IRouter
{
    private readonly Dictionary<string, StoreNode> _stores;
    private readonly RouteDecision _default;

    /// <summary>Options must be valid.</summary>
    public StaticRouting(RoutingOptions options)
    {
        _stores = options.Stores.Select(store => store.ToNode()).ToDictionary(node => node.Id, StringComparer.Ordinal);
        var first = _stores[options.Stores[0].Id];
        _default = new RouteDecision(RouteOutcome.Routed, first.Id, first, RouteReason.Static, "first store of the configuration");
    }

    /// <summary>Never raised: nothing changes.</summary>
    public event Action<RouteChange>? Changed
    {
        add { }
        remove { }
    }

    /// <inheritdoc/>
    public IRouter Router => this;

    /// <inheritdoc/>
    public string Detail => $"{_stores.Count} stores from the configuration";

    /// <inheritdoc/>
    public IReadOnlyCollection<StoreNode> Stores => _stores.Values;

    /// <inheritdoc/>
    public string? Unreadiness => null;

    /// <inheritdoc/>
    public TimeSpan ViewAge => TimeSpan.Zero;

    /// <inheritdoc/>
    public RouteDecision Route(string user, string? directoryHome)
    {
        if (directoryHome is null)
        {
            return _default;
        }

        return _stores.TryGetValue(directoryHome, out var node)
            ? new RouteDecision(RouteOutcome.Routed, node.Id, node, RouteReason.DirectoryHome, "home in the directory")
            : new RouteDecision(RouteOutcome.NoRoute, directoryHome, null, RouteReason.DirectoryHome, $"the directory names {directoryHome}, which the configuration does not");
    }

    /// <inheritdoc/>
    public void Start()
    {
        // Nothing to watch.
    }

    /// <inheritdoc/>
    public Task ReadyAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
