namespace MailProxy.Proxy.Route;

/// <summary>One address of a store, for people.</summary>
/// <param name="Address">Host and port.</param>
/// <param name="Weight">Its share among the store's addresses; 0: only when no other can be reached.</param>
/// <param name="IsOut">Its checks are critical, or it is in maintenance: it is not dialled.</param>
/// <param name="Detail">Why; empty: nothing is wrong.</param>
public sealed record AddressLook(string Address, int Weight, bool IsOut, string Detail);
