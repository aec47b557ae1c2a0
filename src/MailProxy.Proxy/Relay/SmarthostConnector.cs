using MailProxy.Proxy.Connect;
using MailProxy.Routing.Catalog;
using MailProxy.Routing.Health;
using MailProxy.Routing.Relays;

namespace MailProxy.Proxy.Relay;

/// <summary>
/// The way to other domains: one of the relays is dialled as if they were a store with several addresses. One that does not answer is passed over, and not asked again
/// until a probe finds it well.
/// </summary>
/// <param name="pool">Which relays there are.</param>
/// <param name="connector">Dials.</param>
/// <param name="health">What the connector's dialling tells of them. Ours.</param>
/// <param name="access">Whom we trust and who we are there.</param>
/// <param name="tellClient">Whose mail it is is told by XCLIENT.</param>
internal sealed class SmarthostConnector(IRelayPool pool, StoreConnector connector, StoreHealthMonitor health, RelayAccess access, bool tellClient) : IDisposable
{
    /// <summary>The relays now; null: none is known.</summary>
    public StoreNode? Node => pool.Node;

    /// <summary>What is wrong, one line for <c>/readyz?verbose</c>; null: nothing.</summary>
    public string? Notice => pool.Notice ?? health.Notice;

    /// <summary>How they are dialled and what they are told.</summary>
    public RelayWay Way => new(connector, IsLmtp: false, access.Account, tellClient);

    /// <inheritdoc/>
    public void Dispose() => health.Dispose();
}
