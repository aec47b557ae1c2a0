using System.Text.Json.Serialization;

namespace MailProxy.Routing.Consul.Model;

/// <summary>The node part of a health answer.</summary>
public sealed record NodeInfo
{
    /// <summary>Node id (a UUID); may be empty.</summary>
    [JsonPropertyName("ID")]
    public string Id { get; init => field = value ?? ""; } = "";

    /// <summary>Node name.</summary>
    public string Node { get; init => field = value ?? ""; } = "";

    /// <summary>Address of the node: used where the service has none of its own.</summary>
    public string Address { get; init => field = value ?? ""; } = "";

    /// <summary>Datacenter of the node.</summary>
    public string Datacenter { get; init => field = value ?? ""; } = "";

    /// <summary>Raft index of the creation.</summary>
    public ulong CreateIndex { get; init; }

    /// <summary>Raft index of the last change.</summary>
    public ulong ModifyIndex { get; init; }
}
