using System.Collections.Frozen;
using MailProxy.Routing;
using MailProxy.Routing.Catalog;
using MailProxy.Routing.Decisions;
using MailProxy.Routing.Health;

namespace MailProxy.Proxy.Tests.Rig;

/// <summary>Routes from a table that a test writes.</summary>
/// <param name="addressOf">Where a store of this id is dialled.</param>
/// <param name="portOf">The port that a store of this id really has for a well-known one.</param>
internal sealed class TableRouter(Func<string, string> addressOf, Func<string, int, int> portOf) : IRouter
{
    // Made anew at each use, because a scripted store may begin to listen after it was entered; what is known of its health stays, as in the catalog.
    private readonly Dictionary<string, Func<StoreNode>> _stores = [];
    private readonly Dictionary<string, StoreHealth> _health = [];
    private readonly Dictionary<string, string> _pins = [];
    private readonly HashSet<string> _held = [];
    private readonly Dictionary<string, string> _moves = [];
    private readonly Lock _lock = new();

    private readonly TaskCompletionSource _askedTwice = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _heldAnswers;

    public event Action<RouteChange>? Changed;

    /// <summary>Ends when a login that met a hold has begun to wait: it asks once, sets its limit, and asks again.</summary>
    public Task HeldLoginWaitsAsync => _askedTwice.Task;

    public IReadOnlyCollection<StoreNode> Stores => [.. _stores.Values.Select(make => make())];

    public string? Unreadiness => null;

    public TimeSpan ViewAge => TimeSpan.Zero;

    /// <param name="also">Ids of scripted stores that are further addresses of this one.</param>
    public void AddStore(
        string id, StoreTlsMode tls = StoreTlsMode.None, string? login = "master", StoreState state = StoreState.Online, bool submission = false, params string[] also)
    {
        (StoreService Service, int Port)[] offers = [(StoreService.Imap, 143), (StoreService.Pop3, 110), (StoreService.Lmtp, 24), (StoreService.Sieve, 4190), .. submission ? [(StoreService.Submission, 587)] : Array.Empty<(StoreService, int)>()];
        lock (_lock)
        {
            var health = _health[id] = new StoreHealth();
            _stores[id] = () =>
            {
                var candidates = new[] { id }.Concat(also).Select(name => new StoreCandidate(
                    addressOf(name), offers.ToFrozenDictionary(offer => offer.Service, offer => portOf(name, offer.Port)), health)).ToArray();
                return new StoreNode(id, candidates[0].Address, candidates[0].Ports, tls, login, state, state == StoreState.Online ? "" : "check critical").With(health, candidates);
            };
        }
    }

    /// <summary>What is known of a store.</summary>
    public StoreHealth HealthOf(string id) => _health[id];

    public void Pin(string user, string store)
    {
        PinSilently(user, store);
        Announce(new RouteChange([user]));
    }

    /// <summary>Nobody is told.</summary>
    public void PinSilently(string user, string store)
    {
        lock (_lock)
        {
            _pins[user] = store;
        }
    }

    /// <summary>Tells of a change.</summary>
    public void Announce(RouteChange change) => Changed?.Invoke(change);

    public void Hold(string user, bool isHeld)
    {
        lock (_lock)
        {
            _ = isHeld ? _held.Add(user) : _held.Remove(user);
            _moves.Remove(user);
        }

        Announce(new RouteChange([user]));
    }

    /// <summary>A hold by a move; <see cref="Hold"/> ends it.</summary>
    public void HoldForMove(string user, string move)
    {
        lock (_lock)
        {
            _held.Add(user);
            _moves[user] = move;
        }

        Announce(new RouteChange([user]));
    }

    public RouteDecision Route(string user, string? directoryHome)
    {
        lock (_lock)
        {
            var id = _pins.GetValueOrDefault(user) ?? directoryHome;
            var node = id is null ? null : _stores.GetValueOrDefault(id)?.Invoke();
            var outcome = _held.Contains(user) ? RouteOutcome.Held
                : node is null ? RouteOutcome.NoRoute
                : node.State == StoreState.Offline ? RouteOutcome.StoreOffline
                : RouteOutcome.Routed;
            if (outcome == RouteOutcome.Held && ++_heldAnswers == 2)
            {
                _askedTwice.SetResult();
            }

            return new RouteDecision(outcome, id, node, _pins.ContainsKey(user) ? RouteReason.Pin : RouteReason.DirectoryHome, $"table says {id}")
            {
                Move = _moves.GetValueOrDefault(user),
            };
        }
    }
}
