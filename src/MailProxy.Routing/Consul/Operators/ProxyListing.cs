namespace MailProxy.Routing.Consul.Operators;

/// <summary>A live proxy as Consul lists it.</summary>
/// <param name="Node">Node name.</param>
/// <param name="Version">Of its program; null: it does not say.</param>
/// <param name="Started">When.</param>
/// <param name="Applied">Index of the pins that it routes by, as Consul counts; up to 5 s old.</param>
/// <param name="Admin">Its admin API; null: it has none, or a value that cannot be read.</param>
public sealed record ProxyListing(string Node, string? Version, DateTimeOffset? Started, ulong Applied, Uri? Admin);
