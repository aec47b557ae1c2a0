namespace MailProxy.Routing.Consul.Client;

/// <summary>An answer to a read.</summary>
/// <param name="Value">What was read.</param>
/// <param name="Index">X-Consul-Index; 0 when the endpoint has none.</param>
/// <param name="Found">False for a 404: a missing key or an empty prefix (or one that the ACL hides).</param>
/// <param name="KnownLeader">X-Consul-KnownLeader. On a blocking answer it is as old as the last evaluation: no measure of freshness.</param>
public sealed record ConsulAnswer<T>(T Value, ulong Index, bool Found = true, bool KnownLeader = true);
