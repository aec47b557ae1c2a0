using System.Text.Json.Serialization;

namespace MailProxy.Routing.Consul.Model;

/// <summary>The state of one check.</summary>
public sealed record HealthCheck
{
    /// <summary>Name of the node that runs it.</summary>
    public string Node { get; init => field = value ?? ""; } = "";

    /// <summary>Check id, e.g. <c>service:store-1</c> or <c>serfHealth</c>.</summary>
    [JsonPropertyName("CheckID")]
    public string CheckId { get; init => field = value ?? ""; } = "";

    /// <summary>Name for people.</summary>
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary><c>passing</c>, <c>warning</c> or <c>critical</c>.</summary>
    public string Status { get; init => field = value ?? ""; } = "";

    /// <summary>Notes for people.</summary>
    public string Notes { get; init => field = value ?? ""; } = "";

    /// <summary>What the last run said.</summary>
    public string Output { get; init => field = value ?? ""; } = "";

    /// <summary>The service it judges; empty: the node.</summary>
    [JsonPropertyName("ServiceID")]
    public string ServiceId { get; init => field = value ?? ""; } = "";

    /// <summary>Name of that service.</summary>
    public string ServiceName { get; init => field = value ?? ""; } = "";

    /// <summary><c>ttl</c>, <c>tcp</c>, <c>http</c> or empty.</summary>
    public string Type { get; init => field = value ?? ""; } = "";

    /// <summary>Raft index of the creation.</summary>
    public ulong CreateIndex { get; init; }

    /// <summary>Raft index of the last change.</summary>
    public ulong ModifyIndex { get; init; }
}
