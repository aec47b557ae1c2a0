namespace MailProxy.Routing.Moves;

/// <summary>The numbers of a move.</summary>
public sealed record MoveTimes
{
    /// <summary>How long the user may wait, from the hold to the fence, before the move is taken back by itself; the same again for each step after it.</summary>
    public TimeSpan Hold { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>What the old store's hold lasts; asked for again at a third of it.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Between two looks at the confirmations.</summary>
    public TimeSpan Look { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Between two attempts at what must not fail.</summary>
    public TimeSpan Retry { get; init; } = TimeSpan.FromSeconds(1);
}
