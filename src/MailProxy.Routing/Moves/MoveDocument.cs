namespace MailProxy.Routing.Moves;

/// <summary>The JSON form of a move.</summary>
internal sealed record MoveDocument
{
    public string? User { get; init; }

    public string? From { get; init; }

    public string? To { get; init; }

    public string? Step { get; init; }

    public DateTimeOffset? Started { get; init; }

    public string? Operator { get; init; }

    public bool Undo { get; init; }

    public int Epoch { get; init; }

    public string? Via { get; init; }

    public bool Pinned { get; init; }

    public bool Planned { get; init; }

    public bool Purge { get; init; }
}
