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
    /// <summary>The home to route by: a store id, or the address; null: the directory names none.</summary>
    /// <param name="user">Of the directory.</param>
    /// <param name="protocol">The client's.</param>
    public string? HomeOf(DirectoryUser user, MailProtocol protocol)
    {
        if (user.Home is not null || user.Address is not { } address)
        {
            return user.Home;
        }

        var stores = router.Stores;
        var known = stores.FirstOrDefault(store => store.Id == address.Host) ?? stores.FirstOrDefault(store => Has(store, address, protocol));
        return known is not null ? known.Id : IsRelayed(protocol) ? HostOnly(stores, address) : address.ToString();
    }

    /// <summary>A decision about an address that the catalog does not have gets its store; any other stays what it is.</summary>
    public RouteDecision Complete(RouteDecision decision, DirectoryUser user, string? home, MailProtocol protocol) =>
        decision is { Outcome: RouteOutcome.NoRoute, Reason: RouteReason.DirectoryHome } && decision.StoreId == home
            && user.Home is null && user.Address is { } address && home == address.ToString()
            ? decision with { Outcome = RouteOutcome.Routed, Store = NodeOf(home, address, protocol), Detail = "address from the directory" }
            : decision;

    private StoreNode NodeOf(string id, StoreAddress address, MailProtocol protocol) => new(
        id, address.Host, FrozenDictionary.ToFrozenDictionary([KeyValuePair.Create(ServicesOf(protocol)[0], address.Port)]), options.AddressTls, null, StoreState.Online);

    private static bool Has(StoreNode store, StoreAddress address, MailProtocol protocol) =>
        store.Address.Equals(address.Host, StringComparison.OrdinalIgnoreCase)
        && ServicesOf(protocol).Any(service => store.Ports.TryGetValue(service, out var port) && port == address.Port);

    // The port is one for SMTP then, and stores take mail by LMTP: the host has to do, if it is one store's only.
    private static string? HostOnly(IReadOnlyCollection<StoreNode> stores, StoreAddress address) =>
        stores.Where(store => store.Address.Equals(address.Host, StringComparison.OrdinalIgnoreCase)).Take(2).ToArray() is [var only] ? only.Id : null;

    private static bool IsRelayed(MailProtocol protocol) => protocol is MailProtocol.Mx or MailProtocol.Lmtp;

    private static StoreService[] ServicesOf(MailProtocol protocol) => protocol switch
    {
        MailProtocol.Imap => [StoreService.Imap, StoreService.Imaps],
        MailProtocol.Pop3 => [StoreService.Pop3, StoreService.Pop3s],
        MailProtocol.Submission => [StoreService.Submission],
        _ => [StoreService.Lmtp],
    };
}
