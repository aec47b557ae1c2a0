using System.Collections.Concurrent;
using System.Collections.Frozen;
using MailProxy.Directory;
using MailProxy.Proxy.Connect;
using MailProxy.Routing;
using MailProxy.Routing.Catalog;
using MailProxy.Routing.Decisions;

namespace MailProxy.Proxy.Route;

/// <summary>
/// What a directory's store address means. If a store of the catalog has it, it is that store. Otherwise it is a store of its own, whose id is the address
/// itself: no rule of routing can name such an id, so a decision for it stands until a pin names a real store.
/// </summary>
internal sealed class StoreAddressing(IRouter router, StoreLegOptions options)
{
    // More stores than a directory names; a directory that names any number costs their memory once.
    private const int MostNamed = 10_000;

    private readonly ConcurrentDictionary<(string Id, StoreService Service), StoreNode> _named = new();

    /// <summary>The home to route by: a store id, or the address; null: the directory names none.</summary>
    /// <param name="user">Of the directory.</param>
    /// <param name="protocol">The client's.</param>
    public string? HomeOf(DirectoryUser user, MailProtocol protocol)
    {
        if (user.Home is not null || user.Address is not { } address)
        {
            return user.Home;
        }

        return Find(address.Host, address.Port, protocol) is { } known ? known.Id : IsRelayed(protocol) ? HostOnly(router.Stores, address) : address.ToString();
    }

    /// <summary>A decision about an address that the catalog does not have gets its store; any other stays what it is.</summary>
    public RouteDecision Complete(RouteDecision decision, DirectoryUser user, string? home, MailProtocol protocol) =>
        decision is { Outcome: RouteOutcome.NoRoute, Reason: RouteReason.DirectoryHome } && decision.StoreId == home
            && user.Home is null && user.Address is { } address && home == address.ToString()
            ? decision with { Outcome = RouteOutcome.Routed, Store = NodeOf(home, address, protocol), Detail = "address from the directory" }
            : decision;

    /// <summary>The store of the catalog that is meant by a host, by its id or by one of its addresses; null: none.</summary>
    /// <param name="host">A store id, a host name or an IP address.</param>
    /// <param name="port">Of the protocol; null: any.</param>
    /// <param name="protocol">The client's.</param>
    public StoreNode? Find(string host, int? port, MailProtocol protocol)
    {
        var stores = router.Stores;
        return stores.FirstOrDefault(store => store.Id == host) ?? stores.FirstOrDefault(store => store.Candidates.Any(candidate => Has(candidate, host, port, protocol)));
    }

    private static bool Has(StoreCandidate candidate, string host, int? port, MailProtocol protocol) =>
        candidate.Address.Equals(host, StringComparison.OrdinalIgnoreCase)
        && ServicesOf(protocol).Any(service => candidate.Ports.TryGetValue(service, out var known) && (port is null || known == port));

    // The same object each time: what is known of the store's health hangs on it.
    private StoreNode NodeOf(string id, StoreAddress address, MailProtocol protocol)
    {
        if (_named.Count >= MostNamed)
        {
            _named.Clear();
        }

        return _named.GetOrAdd((id, ServicesOf(protocol)[0]), static (key, of) => new StoreNode(
            key.Id, of.address.Host, FrozenDictionary.ToFrozenDictionary([KeyValuePair.Create(key.Service, of.address.Port)]), of.tls, null, StoreState.Online),
            (address, tls: options.AddressTls));
    }

    // The port is one for SMTP then, and stores take mail by LMTP: the host has to do, if it is one store's only.
    private static string? HostOnly(IReadOnlyCollection<StoreNode> stores, StoreAddress address) =>
        stores.Where(store => store.Candidates.Any(candidate => candidate.Address.Equals(address.Host, StringComparison.OrdinalIgnoreCase))).Take(2).ToArray() is [var only] ? only.Id : null;

    private static bool IsRelayed(MailProtocol protocol) => protocol is MailProtocol.Mx or MailProtocol.Lmtp;

    private static StoreService[] ServicesOf(MailProtocol protocol) => protocol switch
    {
        MailProtocol.Imap => [StoreService.Imap, StoreService.Imaps],
        MailProtocol.Pop3 => [StoreService.Pop3, StoreService.Pop3s],
        MailProtocol.Submission => [StoreService.Submission],
        MailProtocol.Sieve => [StoreService.Sieve],
        _ => [StoreService.Lmtp],
    };
}
