using MailProxy.Routing.Catalog;

namespace MailProxy.Routing.Consul.Operators;

/// <summary>A store as Consul knows it.</summary>
/// <param name="Id">Store id.</param>
/// <param name="Address">Host names or IP addresses, by commas; null: it is not registered, and only the operator's word on it is there.</param>
/// <param name="Ports">By service.</param>
/// <param name="Health">What its checks say: <see cref="StoreState.Online"/> or <see cref="StoreState.Offline"/>.</param>
/// <param name="Detail">Why; empty: there is nothing to say.</param>
/// <param name="Operator">The operator's word; null: none.</param>
public sealed record StoreListing(string Id, string? Address, IReadOnlyDictionary<StoreService, int> Ports, StoreState Health, string Detail, StoreState? Operator);
