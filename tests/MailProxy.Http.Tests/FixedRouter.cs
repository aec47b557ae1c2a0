using System.Collections.Frozen;
using System.Net;
using MailProxy.Routing;
using MailProxy.Routing.Catalog;
using MailProxy.Routing.Decisions;

namespace MailProxy.Http.Tests;

/// <summary>Pins only, changed by the test.</summary>
internal sealed class FixedRouter : IRouter
{
    private readonly Dictionary<string, StoreNode> _stores = [];
    private readonly Dictionary<string, string> _pins = [];

    public event Action? Changed;

    public RouteOutcome Outcome { get; set; } = RouteOutcome.Routed;

    public IReadOnlyCollection<StoreNode> Stores => _stores.Values;

    public string? Unreadiness => null;

    public TimeSpan ViewAge => TimeSpan.Zero;

    public void SetStore(string id, IPEndPoint endPoint, StoreTlsMode tls = StoreTlsMode.Implicit)
    {
        _stores[id] = new StoreNode(
            id, endPoint.Address.ToString(), new Dictionary<StoreService, int> { [StoreService.Http] = endPoint.Port }.ToFrozenDictionary(), tls, null, StoreState.Online);
        Changed?.Invoke();
    }

    public void Pin(string user, string store)
    {
        _pins[user] = store;
        Changed?.Invoke();
    }

    public RouteDecision Route(string user, string? directoryHome)
    {
        var id = _pins.GetValueOrDefault(user);
        var store = id is null ? null : _stores.GetValueOrDefault(id);
        return store is null
            ? new RouteDecision(RouteOutcome.NoRoute, id, null, RouteReason.None, "no rule")
            : new RouteDecision(Outcome, id, store, RouteReason.Pin, $"pin mailproxy/users/{user}");
    }
}
