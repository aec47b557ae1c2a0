using MailProxy.Routing.Consul.Model;

namespace MailProxy.Routing.Consul.Embedded.State;

/// <summary>What time does to a state: TTL checks and sessions run out, services that stay critical go, lock delays end.</summary>
internal static class DeadlineSweep
{
    public static ClusterState Apply(ClusterState state, DateTimeOffset now)
    {
        var next = state.Catalog.Checks.Values.Where(c => c.Deadline <= now).Aggregate(state, (s, check) => Expire(s, check, now));
        next = state.Sessions.Values.Where(s => s.Deadline <= now).Aggregate(next, (s, session) => SessionWrites.End(s, session, now));
        next = Overdue(next, now).Aggregate(next, ServiceWrites.Deregister);
        var over = next.LockDelays.Where(d => d.Value <= now).Select(d => d.Key).ToList();
        return over.Count == 0 ? next : next with { LockDelays = next.LockDelays.RemoveRange(over) };
    }

    private static ClusterState Expire(ClusterState state, CheckRecord check, DateTimeOffset now)
    {
        var expired = check.Check with { Status = HealthStatus.Critical, Output = "TTL expired" };
        return ServiceWrites.SetCheck(state, check with { Check = expired, Deadline = null, CriticalSince = check.CriticalSince ?? now });
    }

    private static List<string> Overdue(ClusterState state, DateTimeOffset now) =>
    [
        .. state.Catalog.Checks.Values
            .Where(c => c.CriticalSince is { } since && c.Check.ServiceId.Length != 0
                && GoDuration.TryParse(c.Definition.DeregisterCriticalServiceAfter, out var after) && after > TimeSpan.Zero
                && now - since >= (after > EmbeddedLimits.MinDeregisterAfter ? after : EmbeddedLimits.MinDeregisterAfter))
            .Select(c => c.Check.ServiceId)
            .Distinct(),
    ];
}
