namespace MailProxy.Routing.Consul.Model;

/// <summary>What <c>PUT /v1/agent/check/update/id</c> takes.</summary>
/// <param name="Status">See <see cref="HealthStatus"/>.</param>
/// <param name="Output">For people; Consul keeps the first 4 KiB.</param>
public sealed record CheckUpdate(string Status, string Output);
