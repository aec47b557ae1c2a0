using MailProxy.Routing.Catalog;

namespace MailProxy.Proxy.Connect;

/// <summary>By which of a store's services a session goes.</summary>
/// <param name="Service">The service: its port at each address.</param>
/// <param name="IsImplicit">TLS begins with the first octet there.</param>
internal readonly record struct StoreDoor(StoreService Service, bool IsImplicit);
