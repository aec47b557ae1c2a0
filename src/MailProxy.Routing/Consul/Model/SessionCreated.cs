using System.Text.Json.Serialization;

namespace MailProxy.Routing.Consul.Model;

/// <summary>The answer of <c>PUT /v1/session/create</c>.</summary>
/// <param name="Id">Session id, a UUID.</param>
public sealed record SessionCreated([property: JsonPropertyName("ID")] string Id);
