using System.Text.Json.Serialization;

namespace MailProxy.Routing.Consul.Model;

/// <summary>What <c>PUT /v1/agent/service/register</c> takes.</summary>
public sealed record ServiceDefinition
{
    /// <summary>Instance id; the name when empty.</summary>
    [JsonPropertyName("ID")]
    public string Id { get; init; } = "";

    /// <summary>Service name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Address; empty: the node's.</summary>
    public string Address { get; init; } = "";

    /// <summary>Port; 0: none.</summary>
    public int Port { get; init; }

    /// <summary>Metadata: keys of at most 128 characters, values of at most 512 (Consul's limits).</summary>
    public IReadOnlyDictionary<string, string> Meta { get; init; } = new Dictionary<string, string>();

    /// <summary>One check.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CheckDefinition? Check { get; init; }

    /// <summary>Several checks.</summary>
    public IReadOnlyList<CheckDefinition> Checks { get; init; } = [];
}
