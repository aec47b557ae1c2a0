using System.Collections.Frozen;
using MailProxy.Routing;
using MailProxy.Routing.Catalog;
using MailProxy.Routing.Decisions;

namespace MailProxy.Proxy.Tests.Rig;

/// <summary>Routes from a table that a test writes.</summary>
internal sealed class TableRouter : IRouter
{
    private readonly Dictionary<string, StoreNode> _stores = [];
    private readonly Dictionary<string, string> _pins = [];
    private readonly HashSet<string> _held = [];
    private readonly Lock _lock = new();

    private readonly TaskCompletionSource _askedTwice = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _heldAnswers;

    public event Action? Changed;

    /// <summary>Ends when a login that met a hold has begun to wait: it asks once, sets its limit, and asks again.</summary>
    public Task HeldLoginWaitsAsync => _askedTwice.Task;

    public IReadOnlyCollection<StoreNode> Stores => _stores.Values;

    public string? Unreadiness => null;

    public TimeSpan ViewAge => TimeSpan.Zero;

    public void AddStore(string id, StoreTlsMode tls = StoreTlsMode.None, string? login = "master", StoreState state = StoreState.Online, bool submission = false)
    {
        var ports = new Dictionary<StoreService, int> { [StoreService.Imap] = 143, [StoreService.Pop3] = 110, [StoreService.Lmtp] = 24 };
        if (submission)
        {
            ports[StoreService.Submission] = 587;
        }

        _stores[id] = new StoreNode(id, "memory:" + id, ports.ToFrozenDictionary(), tls, login, state, state == StoreState.Online ? "" : "check critical");
    }

    public void Pin(string user, string store)
    {
        lock (_lock)
        {
            _pins[user] = store;
        }

        Changed?.Invoke();
    }

    public void Hold(string user, bool isHeld)
    {
        lock (_lock)
        {
            _ = isHeld ? _held.Add(user) : _held.Remove(user);
        }

        Changed?.Invoke();
    }

    public RouteDecision Route(string user, string? directoryHome)
    {
        lock (_lock)
        {
            var id = _pins.GetValueOrDefault(user) ?? directoryHome;
            var node = id is null ? null : _stores.GetValueOrDefault(id);
            var outcome = _held.Contains(user) ? RouteOutcome.Held
                : node is null ? RouteOutcome.NoRoute
                : node.State == StoreState.Offline ? RouteOutcome.StoreOffline
                : RouteOutcome.Routed;
            if (outcome == RouteOutcome.Held && ++_heldAnswers == 2)
            {
                _askedTwice.SetResult();
            }

            return new RouteDecision(outcome, id, node, _pins.ContainsKey(user) ? RouteReason.Pin : RouteReason.DirectoryHome, $"table says {id}");
        }
    }
}
