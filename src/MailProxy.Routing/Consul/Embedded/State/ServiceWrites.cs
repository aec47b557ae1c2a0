using MailProxy.Routing.Consul.Model;

namespace MailProxy.Routing.Consul.Embedded.State;

/// <summary>Changes of services and checks.</summary>
internal static class ServiceWrites
{
    /// <summary>Registers or replaces a service. Checks that stay keep their state; others of the service go when <paramref name="replaceChecks"/>.</summary>
    public static ClusterState Register(ClusterState state, AgentService service, IReadOnlyList<CheckRecord> checks, bool replaceChecks)
    {
        var catalog = state.Catalog;
        var next = state;
        var old = catalog.Services.GetValueOrDefault(service.Id);
        if (old is not null && old.Service != service.Service)
        {
            next = TouchService(next, old.Service);
        }

        if (old is null || !Same(old, service))
        {
            var created = old?.CreateIndex ?? state.NextIndex;
            var written = service with { CreateIndex = created, ModifyIndex = state.NextIndex };
            next = next with { Catalog = next.Catalog with { Services = catalog.Services.SetItem(service.Id, written) } };
            next = TouchService(next, service.Service);
        }

        var kept = checks.Select(c => c.Check.CheckId).ToHashSet();
        if (replaceChecks)
        {
            var gone = catalog.Checks.Values.Where(c => c.Check.ServiceId == service.Id && !kept.Contains(c.Check.CheckId)).Select(c => c.Check.CheckId);
            next = gone.Aggregate(next, RemoveCheck);
        }

        return checks.Aggregate(next, SetCheck);
    }

    public static ClusterState Deregister(ClusterState state, string serviceId)
    {
        if (!state.Catalog.Services.TryGetValue(serviceId, out var service))
        {
            return state;
        }

        var checks = state.Catalog.Checks.RemoveRange(state.Catalog.Checks.Where(c => c.Value.Check.ServiceId == serviceId).Select(c => c.Key));
        var catalog = state.Catalog with { Services = state.Catalog.Services.Remove(serviceId), Checks = checks };
        return TouchService(state with { Catalog = catalog }, service.Service);
    }

    public static ClusterState RemoveCheck(ClusterState state, string checkId) =>
        state.Catalog.Checks.TryGetValue(checkId, out var check)
            ? TouchJudged(state with { Catalog = state.Catalog with { Checks = state.Catalog.Checks.Remove(checkId) } }, check.Check)
            : state;

    /// <summary>Writes a check; only a change of what is answered about it moves an index.</summary>
    public static ClusterState SetCheck(ClusterState state, CheckRecord check)
    {
        var old = state.Catalog.Checks.GetValueOrDefault(check.Check.CheckId);
        var same = old is not null && old.Check with { CreateIndex = 0, ModifyIndex = 0 } == check.Check with { CreateIndex = 0, ModifyIndex = 0 };
        var indexed = same
            ? old!.Check
            : check.Check with { CreateIndex = old?.Check.CreateIndex ?? state.NextIndex, ModifyIndex = state.NextIndex };
        var next = state with { Catalog = state.Catalog with { Checks = state.Catalog.Checks.SetItem(indexed.CheckId, check with { Check = indexed }) } };
        return same ? next : TouchJudged(next, indexed);
    }

    private static bool Same(AgentService left, AgentService right) =>
        left.Service == right.Service && left.Address == right.Address && left.Port == right.Port
        && (left.Tags ?? []).SequenceEqual(right.Tags ?? [])
        && (left.Meta ?? new Dictionary<string, string>()).OrderBy(m => m.Key, StringComparer.Ordinal)
            .SequenceEqual((right.Meta ?? new Dictionary<string, string>()).OrderBy(m => m.Key, StringComparer.Ordinal));

    // A check of the node judges every service on it.
    private static ClusterState TouchJudged(ClusterState state, HealthCheck check)
    {
        if (check.ServiceId.Length != 0)
        {
            return TouchService(state, check.ServiceName);
        }

        var touched = state with { Catalog = state.Catalog with { LastIndex = state.NextIndex } };
        return state.Catalog.Services.Values.Select(s => s.Service).Distinct().Aggregate(touched, TouchService);
    }

    private static ClusterState TouchService(ClusterState state, string service) => (state with
    {
        Catalog = state.Catalog with { Indexes = state.Catalog.Indexes.SetItem(service, state.NextIndex), LastIndex = state.NextIndex },
    }).Touch(new Topic(TopicKind.Service, service));
}
