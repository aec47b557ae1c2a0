using System.Text.Json.Serialization;

namespace MailProxy.Routing.Consul.Model;

/// <summary>What <c>PUT /v1/session/create</c> takes. Durations in Go's notation.</summary>
public sealed record SessionDefinition
{
    /// <summary>Name for people.</summary>
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>10 s to 24 h; empty: no TTL.</summary>
    [JsonPropertyName("TTL")]
    public string Ttl { get; init => field = value ?? ""; } = "";

    /// <summary><c>release</c> (the default) or <c>delete</c>: what becomes of the keys it holds.</summary>
    public string Behavior { get; init => field = value ?? ""; } = "";

    /// <summary>How long its keys cannot be acquired after its loss; empty: 15 s.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? LockDelay { get; init; }
}
