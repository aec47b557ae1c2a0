using MailProxy.Routing.Consul.Operators;

namespace MailProxy.Cluster;

/// <summary>What one proxy said to an operator's command.</summary>
/// <param name="Proxy">The node.</param>
/// <param name="Value">Its answer; null: it gave none.</param>
/// <param name="Problem">Why not; null: it answered.</param>
internal sealed record NodeAnswer<T>(ProxyListing Proxy, T? Value, string? Problem)
    where T : class;
