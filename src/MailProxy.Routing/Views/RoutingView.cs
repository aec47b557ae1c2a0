using MailProxy.Routing.Catalog;
using MailProxy.Routing.Pins;
using MailProxy.Routing.Slots;

namespace MailProxy.Routing.Views;

/// <summary>All that decides a route, at one moment. Immutable: a change makes a new view, and readers keep the one they took.</summary>
internal sealed record RoutingView
{
    public static readonly RoutingView Empty = new();

    /// <summary>By canonical user name.</summary>
    public IReadOnlyDictionary<string, Pin> Pins { get; init; } = new Dictionary<string, Pin>();

    /// <summary>Store id by domain, lower case.</summary>
    public IReadOnlyDictionary<string, string> Domains { get; init; } = new Dictionary<string, string>();

    /// <summary>Null: no slots are in use.</summary>
    public SlotTable? Slots { get; init; }

    /// <summary>Stores by id as their checks see them.</summary>
    public IReadOnlyDictionary<string, StoreNode> Services { get; init; } = new Dictionary<string, StoreNode>();

    /// <summary>The operator's word by store id.</summary>
    public IReadOnlyDictionary<string, StoreState> OperatorStates { get; init; } = new Dictionary<string, StoreState>();

    /// <summary>Services and operator's word together.</summary>
    public IReadOnlyDictionary<string, StoreNode> Stores { get; private init; } = new Dictionary<string, StoreNode>();

    /// <summary>Which parts have been loaded.</summary>
    public ViewParts Loaded { get; init; }

    /// <summary>This with <see cref="Stores"/> computed afresh.</summary>
    public RoutingView WithStores() => this with { Stores = Services.ToDictionary(s => s.Key, s => Judge(s.Value)) };

    // The operator can take a store out; only its checks can say that it works.
    private StoreNode Judge(StoreNode node) => OperatorStates.GetValueOrDefault(node.Id, StoreState.Online) switch
    {
        StoreState.Offline => node with { State = StoreState.Offline, StateDetail = "set offline by the operator" },
        StoreState.Draining when node.State == StoreState.Online => node with { State = StoreState.Draining, StateDetail = "drained by the operator" },
        _ => node,
    };
}
