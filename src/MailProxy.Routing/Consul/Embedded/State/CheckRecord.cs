using MailProxy.Routing.Consul.Model;

namespace MailProxy.Routing.Consul.Embedded.State;

/// <summary>A check: its state, and how it comes about.</summary>
/// <param name="Check">What is answered about it.</param>
/// <param name="Definition">How it was registered.</param>
/// <param name="Deadline">When a TTL check turns critical; null: no TTL check, or it has turned already.</param>
/// <param name="CriticalSince">Since when it is critical; null: it is not.</param>
internal sealed record CheckRecord(HealthCheck Check, CheckDefinition Definition, DateTimeOffset? Deadline, DateTimeOffset? CriticalSince);
