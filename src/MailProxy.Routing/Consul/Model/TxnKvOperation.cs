using System.Text.Json.Serialization;

namespace MailProxy.Routing.Consul.Model;

/// <summary>A KV operation within a transaction.</summary>
public sealed record TxnKvOperation
{
    /// <summary><c>set</c>, <c>cas</c>, <c>lock</c>, <c>unlock</c>, <c>get</c>, <c>get-tree</c>, <c>check-index</c>, <c>check-session</c>, <c>check-not-exists</c>, <c>delete</c>, <c>delete-tree</c> or <c>delete-cas</c>.</summary>
    public string Verb { get; init => field = value ?? ""; } = "";

    /// <summary>The key, or the prefix for the <c>-tree</c> verbs.</summary>
    public string Key { get; init => field = value ?? ""; } = "";

    /// <summary>The value to write.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public byte[]? Value { get; init; }

    /// <summary>Flags to write.</summary>
    public ulong Flags { get; init; }

    /// <summary>ModifyIndex to compare.</summary>
    public ulong Index { get; init; }

    /// <summary>Session for <c>lock</c>, <c>unlock</c>, <c>check-session</c>.</summary>
    public string Session { get; init => field = value ?? ""; } = "";
}
