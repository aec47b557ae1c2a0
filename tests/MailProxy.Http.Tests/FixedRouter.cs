using System.Collections.Frozen;
using System.Net;
using MailProxy.Routing;
using MailProxy.Routing.Catalog;
using MailProxy.Routing.Decisions;
using MailProxy.Routing.Health;

namespace MailProxy.Http.Tests;

/// <summary>Pins only, changed by the test.</summary>
internal sealed class FixedRouter : IRouter
{
    private readonly Dictionary<string, StoreNode> _stores = [];
    private readonly Dictionary<string, string> _pins = [];

    public event Action<RouteChange>? Changed;

    public RouteOutcome Outcome { get; set; } = RouteOutcome.Routed;

    public IReadOnlyCollection<StoreNode> Stores => _stores.Values;

    public string? Unreadiness => null;

    public TimeSpan ViewAge => TimeSpan.Zero;

    public void SetStore(string id, IPEndPoint endPoint, StoreTlsMode tls = StoreTlsMode.Implicit)
    {
        _stores[id] = new StoreNode(
            id, endPoint.Address.ToString(), new Dictionary<StoreService, int> { [StoreService.Http] = endPoint.Port }.ToFrozenDictionary(), tls, null, StoreState.Online);
        Changed?.Invoke(RouteChange.Anybody);
    }

    /// <summary>A store with two addresses, the second only for when the first cannot be reached.</summary>
    public void SetStore(string id, IPEndPoint first, IPEndPoint second)
    {
        var health = new StoreHealth();
        StoreCandidate[] candidates = [CandidateOf(first, health, weight: 1), CandidateOf(second, health, weight: 0)];
        _stores[id] = new StoreNode(id, candidates[0].Address, candidates[0].Ports, StoreTlsMode.Implicit, null, StoreState.Online).With(health, candidates);
        Changed?.Invoke(RouteChange.Anybody);
    }

    public void Pin(string user, string store)
    {
        _pins[user] = store;
        Changed?.Invoke(RouteChange.Anybody);
    }

    public RouteDecision Route(string user, string? directoryHome)
    {
        var id = _pins.GetValueOrDefault(user);
        var store = id is null ? null : _stores.GetValueOrDefault(id);
        return store is null
            ? new RouteDecision(RouteOutcome.NoRoute, id, null, RouteReason.None, "no rule")
            : new RouteDecision(Outcome, id, store, RouteReason.Pin, $"pin mailproxy/users/{user}");
    }

    private static StoreCandidate CandidateOf(IPEndPoint endPoint, StoreHealth health, int weight) => new(
        endPoint.Address.ToString(), new Dictionary<StoreService, int> { [StoreService.Http] = endPoint.Port }.ToFrozenDictionary(), health, weight);
}
