namespace MailProxy.Routing.Slots;

/// <summary>The JSON of <c>slots</c>.</summary>
internal sealed record SlotDocument
{
    public int? Count { get; init; }

    public int? Epoch { get; init; }

    public IReadOnlyDictionary<string, int>? Weights { get; init; }

    public IReadOnlyList<SlotRangeDocument>? Ranges { get; init; }
}
