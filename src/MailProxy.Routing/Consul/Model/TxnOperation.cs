using System.Text.Json.Serialization;

namespace MailProxy.Routing.Consul.Model;

/// <summary>One operation of a transaction.</summary>
/// <param name="Kv">The KV operation; the only kind we use.</param>
public sealed record TxnOperation([property: JsonPropertyName("KV")] TxnKvOperation? Kv);
