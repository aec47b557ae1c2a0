namespace MailProxy.Routing.Moves;

/// <summary>A live proxy: the value of <c>mailproxy/proxies/&lt;id&gt;</c>.</summary>
internal sealed record ProxyDocument
{
    /// <summary>Version of the program.</summary>
    public string? Version { get; init; }

    /// <summary>When the node started.</summary>
    public DateTimeOffset Started { get; init; }

    /// <summary>Index of the pins that it routes by, as Consul counts.</summary>
    public ulong Applied { get; init; }

    /// <summary>URL of its admin API; null: it has none.</summary>
    public string? Admin { get; init; }

    /// <summary>ModifyIndex of the slot table that it routes by; 0: none, or a version that does not tell.</summary>
    public ulong Slots { get; init; }
}
