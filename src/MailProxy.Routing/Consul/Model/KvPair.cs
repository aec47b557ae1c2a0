using System.Text.Json.Serialization;

namespace MailProxy.Routing.Consul.Model;

/// <summary>One KV entry, in the shape of <c>GET /v1/kv/key</c>.</summary>
public sealed record KvPair
{
    /// <summary>The whole key, unescaped, without a leading slash.</summary>
    public required string Key { get; init; }

    /// <summary>The value (base64 on the wire); null for a value of zero octets: Consul sends <c>null</c> then.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public byte[]? Value { get; init; }

    /// <summary>Opaque to Consul.</summary>
    public ulong Flags { get; init; }

    /// <summary>Raft index of the creation.</summary>
    public ulong CreateIndex { get; init; }

    /// <summary>Raft index of the last write that changed something; what <c>cas</c> compares.</summary>
    public ulong ModifyIndex { get; init; }

    /// <summary>How many times a session acquired it.</summary>
    public ulong LockIndex { get; init; }

    /// <summary>The session that holds it; absent when none does.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Session { get; init; }
}
