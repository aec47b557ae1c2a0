using System.Text.Json.Serialization;

namespace MailProxy.Routing.Consul.Model;

/// <summary>A service instance, in the shape of <c>/v1/agent/service/id</c> and of the service part of a health answer.</summary>
public sealed record AgentService
{
    /// <summary>Instance id, unique on its agent.</summary>
    [JsonPropertyName("ID")]
    public string Id { get; init => field = value ?? ""; } = "";

    /// <summary>Service name.</summary>
    public string Service { get; init => field = value ?? ""; } = "";

    /// <summary>Tags; null means none.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Service metadata; null means none.</summary>
    public IReadOnlyDictionary<string, string>? Meta { get; init; }

    /// <summary>Port; 0 when not given.</summary>
    public int Port { get; init; }

    /// <summary>Address; empty: the node's.</summary>
    public string Address { get; init => field = value ?? ""; } = "";

    /// <summary>Its share among the instances of its service.</summary>
    public ServiceWeights Weights { get; init => field = value ?? new(); } = new();

    /// <summary>Raft index of the creation; 0 in agent answers.</summary>
    public ulong CreateIndex { get; init; }

    /// <summary>Raft index of the last change; 0 in agent answers.</summary>
    public ulong ModifyIndex { get; init; }
}
