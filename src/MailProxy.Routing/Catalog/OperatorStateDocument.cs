namespace MailProxy.Routing.Catalog;

/// <summary>The JSON of <c>stores/&lt;id&gt;</c>.</summary>
internal sealed record OperatorStateDocument
{
    public string? State { get; init; }
}
