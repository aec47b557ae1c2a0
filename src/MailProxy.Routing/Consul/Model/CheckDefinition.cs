using System.Text.Json.Serialization;

namespace MailProxy.Routing.Consul.Model;

/// <summary>A check to register; exactly one of <see cref="Ttl"/>, <see cref="Tcp"/> and <see cref="Http"/>. Durations in Go's notation, e.g. <c>15s</c>.</summary>
public sealed record CheckDefinition
{
    /// <summary>Check id; given by the agent when empty (<c>service:ID</c>). Within a service <c>CheckID</c>, alone <c>ID</c>.</summary>
    [JsonPropertyName("CheckID")]
    public string CheckId { get; init => field = value ?? ""; } = "";

    /// <summary>The same under the name that <c>/v1/agent/check/register</c> uses.</summary>
    [JsonPropertyName("ID")]
    public string Id { get; init => field = value ?? ""; } = "";

    /// <summary>Name for people.</summary>
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Notes for people.</summary>
    public string Notes { get; init => field = value ?? ""; } = "";

    /// <summary>The service to judge, for <c>/v1/agent/check/register</c>; empty: the node.</summary>
    [JsonPropertyName("ServiceID")]
    public string ServiceId { get; init => field = value ?? ""; } = "";

    /// <summary>Time to live: critical unless updated within it.</summary>
    [JsonPropertyName("TTL")]
    public string Ttl { get; init => field = value ?? ""; } = "";

    /// <summary><c>host:port</c> to connect to.</summary>
    [JsonPropertyName("TCP")]
    public string Tcp { get; init => field = value ?? ""; } = "";

    /// <summary>URL to GET: 2xx passing, 429 warning, all else critical.</summary>
    [JsonPropertyName("HTTP")]
    public string Http { get; init => field = value ?? ""; } = "";

    /// <summary>Between two runs of a TCP or HTTP check.</summary>
    public string Interval { get; init => field = value ?? ""; } = "";

    /// <summary>Limit of one run; 10 s when empty.</summary>
    public string Timeout { get; init => field = value ?? ""; } = "";

    /// <summary>Do not verify the certificate of an https URL.</summary>
    [JsonPropertyName("TLSSkipVerify")]
    public bool TlsSkipVerify { get; init; }

    /// <summary>First status; <c>critical</c> when empty.</summary>
    public string Status { get; init => field = value ?? ""; } = "";

    /// <summary>Remove the service after it was critical for so long; Consul takes less than a minute as a minute.</summary>
    public string DeregisterCriticalServiceAfter { get; init => field = value ?? ""; } = "";
}
