namespace MailProxy.Routing.Moves;

/// <summary>The numbers of a move.</summary>
public sealed record MoveTimes
{
    /// <summary>How long the user may wait, from the hold to the fence, before the move is taken back by itself; the same again for each step after it.</summary>
    public TimeSpan Hold { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>What the old store's hold lasts; asked for again at a third of it.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A copy that took no longer leaves little to be copied during the hold: what came meanwhile, copied at the same pace.</summary>
    public TimeSpan ShortCopy { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>
    /// Copies before the hold at the most. At 20 messages a second a gigabyte took 20, 1.5 and 0.3 s; whoever gets mail nearly as fast as it can be copied is held all the same.
    /// </summary>
    public int Rounds { get; init; } = 5;

    /// <summary>From the first look at the confirmations to the second, twice as long each time: proxies that hear Consul at once confirm within some ten milliseconds.</summary>
    public TimeSpan FirstLook { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Between two looks at the confirmations, in the end.</summary>
    public TimeSpan Look { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Between two attempts at what must not fail.</summary>
    public TimeSpan Retry { get; init; } = TimeSpan.FromSeconds(1);
}
