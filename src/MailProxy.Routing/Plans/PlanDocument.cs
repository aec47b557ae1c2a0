namespace MailProxy.Routing.Plans;

/// <summary>The JSON form of a plan.</summary>
internal sealed record PlanDocument
{
    public string? From { get; init; }

    public IReadOnlyList<string>? To { get; init; }

    public IReadOnlyDictionary<string, int>? Weights { get; init; }

    public DateTimeOffset? Started { get; init; }

    public string? Operator { get; init; }

    public int Users { get; init; }
}
