using System.Collections.Immutable;
using MailProxy.Routing.Consul.Model;

namespace MailProxy.Routing.Consul.Embedded.State;

/// <summary>The services and checks of the one node. Immutable.</summary>
internal sealed record ServiceTable
{
    public static readonly ServiceTable Empty = new();

    /// <summary>Services by id.</summary>
    public ImmutableSortedDictionary<string, AgentService> Services { get; init; } =
        ImmutableSortedDictionary.Create<string, AgentService>(StringComparer.Ordinal);

    /// <summary>Checks by id.</summary>
    public ImmutableSortedDictionary<string, CheckRecord> Checks { get; init; } =
        ImmutableSortedDictionary.Create<string, CheckRecord>(StringComparer.Ordinal);

    /// <summary>Index of the last change by service name; stays when the last instance goes.</summary>
    public ImmutableDictionary<string, ulong> Indexes { get; init; } = ImmutableDictionary.Create<string, ulong>(StringComparer.Ordinal);

    /// <summary>Index of the last change of anything here.</summary>
    public ulong LastIndex { get; init; }

    /// <summary>The index that a query for a service answers.</summary>
    public ulong IndexOf(string service) => Math.Max(1, Indexes.GetValueOrDefault(service, LastIndex));

    /// <summary>The instances of a service.</summary>
    public IEnumerable<AgentService> Instances(string service) => Services.Values.Where(s => s.Service == service);

    /// <summary>The checks that judge an instance: its own, and the node's.</summary>
    public IEnumerable<HealthCheck> ChecksOf(string serviceId) =>
        Checks.Values.Select(c => c.Check).Where(c => c.ServiceId == serviceId || c.ServiceId.Length == 0);
}
