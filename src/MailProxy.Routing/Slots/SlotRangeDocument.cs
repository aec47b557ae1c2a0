namespace MailProxy.Routing.Slots;

/// <summary>One range in the JSON of <c>slots</c>; both ends belong to it.</summary>
internal sealed record SlotRangeDocument
{
    public int? From { get; init; }

    public int? To { get; init; }

    public string? Store { get; init; }
}
