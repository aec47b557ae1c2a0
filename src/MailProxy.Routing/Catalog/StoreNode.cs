using System.Collections.Frozen;
using MailProxy.Routing.Health;

namespace MailProxy.Routing.Catalog;

/// <summary>One store as the catalog knows it now. Immutable, but for what hangs on <see cref="Health"/>.</summary>
/// <param name="Id">Store id, e.g. <c>store-2</c>.</param>
/// <param name="Address">Host name or IP address to dial; of several the first that is healthy.</param>
/// <param name="Ports">Ports by service; a service that is absent is not offered.</param>
/// <param name="Tls">How to encrypt the leg.</param>
/// <param name="Login">Meta key <c>login</c>: <c>external</c>, <c>master</c>, <c>password</c>; null: the proxy's default.</param>
/// <param name="State">What health and the operator say together.</param>
/// <param name="StateDetail">Why, for logs and people, e.g. <c>check tcp critical: connection refused</c>.</param>
public sealed record StoreNode(
    string Id, string Address, FrozenDictionary<StoreService, int> Ports, StoreTlsMode Tls, string? Login, StoreState State, string StateDetail = "")
{
    /// <summary>What this node's own connections tell: the same object for as long as the catalog has the store.</summary>
    public StoreHealth Health { get; private init; } = new();

    /// <summary>Every address, at least one.</summary>
    public IReadOnlyList<StoreCandidate> Candidates { get => field ??= [new(Address, Ports, Health)]; private init; }

    /// <summary>The same store with what is known of it already, and with its addresses.</summary>
    public StoreNode With(StoreHealth health, IReadOnlyList<StoreCandidate> candidates) => this with { Health = health, Candidates = candidates };
}
