using System.Collections.Frozen;
using MailProxy.Routing.Catalog;

namespace MailProxy.Routing.Consul.Feed;

/// <summary>One instance of the store service: a store on one of its nodes.</summary>
/// <param name="Id">Store id: the service's.</param>
/// <param name="Node">Consul's name of the node.</param>
/// <param name="Address">Host name or IP address.</param>
/// <param name="Ports">Ports by service.</param>
/// <param name="Tls">How to encrypt the leg.</param>
/// <param name="Login">How to log in; null: nothing is said.</param>
/// <param name="Weight">Its share among the store's addresses.</param>
/// <param name="IsOut">A check is critical, or it is in maintenance.</param>
/// <param name="Detail">Why, for people.</param>
internal sealed record StoreInstance(
    string Id, string Node, string Address, FrozenDictionary<StoreService, int> Ports, StoreTlsMode Tls, string? Login, int Weight, bool IsOut, string Detail);
