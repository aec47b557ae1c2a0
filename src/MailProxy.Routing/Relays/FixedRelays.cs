using System.Collections.Frozen;
using MailProxy.Routing.Catalog;
using MailProxy.Routing.Health;

namespace MailProxy.Routing.Relays;

/// <summary>Relays that a configuration names.</summary>
public sealed class FixedRelays : IRelayPool
{
    /// <param name="id">What they are called together in logs.</param>
    /// <param name="addresses">At least one, in the order in which the first speaks for all.</param>
    /// <param name="tls">How each is dialled.</param>
    public FixedRelays(string id, IReadOnlyList<(string Host, int Port)> addresses, StoreTlsMode tls)
    {
        var health = new StoreHealth();
        StoreCandidate[] candidates = [.. addresses.Select(address => new StoreCandidate(address.Host, Ports(address.Port), health))];
        Node = new StoreNode(id, candidates[0].Address, candidates[0].Ports, tls, null, StoreState.Online).With(health, candidates);
    }

    /// <inheritdoc/>
    public StoreNode Node { get; }

    /// <inheritdoc/>
    public string? Notice => null;

    internal static FrozenDictionary<StoreService, int> Ports(int port) =>
        new Dictionary<StoreService, int> { [StoreService.Submission] = port }.ToFrozenDictionary();
}
