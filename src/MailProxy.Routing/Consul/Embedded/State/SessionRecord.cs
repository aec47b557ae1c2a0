using MailProxy.Routing.Consul.Model;

namespace MailProxy.Routing.Consul.Embedded.State;

/// <summary>A session and when it is lost.</summary>
/// <param name="Info">What is answered about it.</param>
/// <param name="LockDelay">How long its keys stay locked after its loss.</param>
/// <param name="Ttl">Null: none.</param>
/// <param name="Deadline">When it is lost unless renewed: twice the TTL, as Consul does it.</param>
internal sealed record SessionRecord(SessionInfo Info, TimeSpan LockDelay, TimeSpan? Ttl, DateTimeOffset Deadline)
{
    // Consul's SessionTTLMultiplier: the TTL is a lower bound.
    private const int TtlMultiplier = 2;

    public SessionRecord Renewed(DateTimeOffset now) => this with { Deadline = Ttl is { } ttl ? now + (TtlMultiplier * ttl) : DateTimeOffset.MaxValue };
}
