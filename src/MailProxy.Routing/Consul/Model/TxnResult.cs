using System.Text.Json.Serialization;

namespace MailProxy.Routing.Consul.Model;

/// <summary>The entry an operation of a transaction wrote or read; without value for writes.</summary>
/// <param name="Kv">The entry.</param>
public sealed record TxnResult([property: JsonPropertyName("KV")] KvPair Kv);
