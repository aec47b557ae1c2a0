using System.Collections.Immutable;
using MailProxy.Routing.Consul.Model;

namespace MailProxy.Routing.Consul.Embedded.State;

/// <summary>Everything the embedded agent knows, at one moment. Immutable; a change that fails is simply not kept.</summary>
internal sealed record ClusterState
{
    /// <summary>The "Raft" index of the last change.</summary>
    public ulong Index { get; init; } = 1;

    /// <summary>The KV store.</summary>
    public KvTable Kv { get; init; } = KvTable.Empty;

    /// <summary>Sessions by id.</summary>
    public ImmutableDictionary<string, SessionRecord> Sessions { get; init; } = ImmutableDictionary.Create<string, SessionRecord>(StringComparer.Ordinal);

    /// <summary>Until when a key cannot be acquired.</summary>
    public ImmutableDictionary<string, DateTimeOffset> LockDelays { get; init; } = ImmutableDictionary.Create<string, DateTimeOffset>(StringComparer.Ordinal);

    /// <summary>Services and checks.</summary>
    public ServiceTable Catalog { get; init; } = ServiceTable.Empty;

    /// <summary>What the change under way has touched; empty between changes. A change that touches nothing moves no index.</summary>
    public ImmutableList<Topic> Touched { get; init; } = [];

    /// <summary>The index that the change under way gets.</summary>
    public ulong NextIndex => Index + 1;

    public ClusterState Touch(Topic topic) => this with { Touched = Touched.Add(topic) };
}
