using System.Text.Json.Serialization;

namespace MailProxy.Routing.Consul.Model;

/// <summary>A session as <c>/v1/session/info</c>, <c>list</c> and <c>renew</c> show it.</summary>
public sealed record SessionInfo
{
    /// <summary>Session id, a UUID.</summary>
    [JsonPropertyName("ID")]
    public string Id { get; init => field = value ?? ""; } = "";

    /// <summary>Name for people.</summary>
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Node it belongs to.</summary>
    public string Node { get; init => field = value ?? ""; } = "";

    /// <summary>Lock delay in nanoseconds (it was sent as text).</summary>
    public long LockDelay { get; init; }

    /// <summary><c>release</c> or <c>delete</c>.</summary>
    public string Behavior { get; init => field = value ?? ""; } = "";

    /// <summary>TTL as it was sent; empty: none.</summary>
    [JsonPropertyName("TTL")]
    public string Ttl { get; init => field = value ?? ""; } = "";

    /// <summary>Raft index of the creation.</summary>
    public ulong CreateIndex { get; init; }

    /// <summary>Raft index of the last change.</summary>
    public ulong ModifyIndex { get; init; }
}
