using System.Collections.Frozen;
using MailProxy.Routing.Health;

namespace MailProxy.Routing.Catalog;

/// <summary>One of the addresses at which a store can be reached; all lead to the same mail.</summary>
public sealed class StoreCandidate
{
    private static readonly int Services = Enum.GetValues<StoreService>().Length;

    private readonly EndpointHealth?[] _endpoints = new EndpointHealth?[Services];

    /// <param name="address">Host name or IP address.</param>
    /// <param name="ports">Ports by service there.</param>
    /// <param name="health">The store's; it knows what is known already of the address.</param>
    /// <param name="weight">Its share among the store's addresses; 0: only when no other can be reached.</param>
    /// <param name="isOut">Its checks are critical, or it is in maintenance: it is not dialled.</param>
    /// <param name="detail">Why, for people.</param>
    public StoreCandidate(string address, FrozenDictionary<StoreService, int> ports, StoreHealth health, int weight = 1, bool isOut = false, string detail = "")
    {
        (Address, Ports, Weight, IsOut, Detail) = (address, ports, weight, isOut, detail);
        foreach (var (service, port) in ports)
        {
            _endpoints[(int)service] = health.Of(address, port);
        }
    }

    /// <summary>Host name or IP address.</summary>
    public string Address { get; }

    /// <summary>Ports by service there.</summary>
    public FrozenDictionary<StoreService, int> Ports { get; }

    /// <summary>Its share among the store's addresses; 0: only when no other can be reached.</summary>
    public int Weight { get; }

    /// <summary>Not to be dialled, by its checks.</summary>
    public bool IsOut { get; }

    /// <summary>Why, for people.</summary>
    public string Detail { get; }

    /// <summary>Every port's health.</summary>
    internal IEnumerable<EndpointHealth> Endpoints => _endpoints.OfType<EndpointHealth>();

    /// <summary>What this node knows of the address for one service; null: it is not offered there.</summary>
    public EndpointHealth? For(StoreService service) => _endpoints[(int)service];

    /// <summary>Whether a session could be tried there now.</summary>
    public bool MayDial(StoreService service) => !IsOut && _endpoints[(int)service] is { IsOpen: false };

    /// <summary>Whether this login is the one that shows whether logins are answered there again. Who asks tries it.</summary>
    internal bool TakeTrial(StoreService service) => !IsOut && _endpoints[(int)service] is { } endpoint && endpoint.TakeTrial();

    /// <summary>Whether two say the same.</summary>
    internal static bool Same(StoreCandidate left, StoreCandidate right) =>
        left.Address == right.Address && left.Weight == right.Weight && left.IsOut == right.IsOut && left.Detail == right.Detail
        && left.Ports.Count == right.Ports.Count && left.Ports.All(p => right.Ports.TryGetValue(p.Key, out var port) && port == p.Value);
}
