using System.Text.Json.Serialization;

namespace MailProxy.Routing.Consul.Model;

/// <summary>What <c>PUT /v1/agent/service/register</c> takes.</summary>
public sealed record ServiceDefinition
{
    /// <summary>Instance id; the name when empty.</summary>
    [JsonPropertyName("ID")]
    public string Id { get; init => field = value ?? ""; } = "";

    /// <summary>Service name.</summary>
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Tags.</summary>
    public IReadOnlyList<string> Tags { get; init => field = value ?? []; } = [];

    /// <summary>Address; empty: the node's.</summary>
    public string Address { get; init => field = value ?? ""; } = "";

    /// <summary>Port; 0: none.</summary>
    public int Port { get; init; }

    /// <summary>Metadata: keys of at most 128 characters, values of at most 512 (Consul's limits).</summary>
    public IReadOnlyDictionary<string, string> Meta { get; init => field = value ?? new Dictionary<string, string>(); } = new Dictionary<string, string>();

    /// <summary>Its share among the instances of its service; null: 1.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ServiceWeights? Weights { get; init; }

    /// <summary>One check.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CheckDefinition? Check { get; init; }

    /// <summary>Several checks.</summary>
    public IReadOnlyList<CheckDefinition> Checks { get; init => field = value ?? []; } = [];
}
