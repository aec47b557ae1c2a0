namespace MailProxy.Proxy.Connect;

/// <summary>
/// The time in which a store must be reached, shared out among its addresses: an address that swallows packets uses up its own share only.
/// </summary>
internal readonly struct ConnectBudget(TimeProvider time, TimeSpan limit)
{
    // Even the last of many is tried in earnest: a round trip around the world takes 0.3 s, and a lost first packet is repeated after 1 s (RFC 6298 2).
    private static readonly TimeSpan LeastShare = TimeSpan.FromSeconds(1.5);

    private readonly long _begun = time.GetTimestamp();

    /// <summary>What the next try may take.</summary>
    /// <param name="tries">How many are left, this one included.</param>
    public TimeSpan Share(int tries)
    {
        var share = (limit - time.GetElapsedTime(_begun)) / tries;
        return share > LeastShare || tries == 1 && share > TimeSpan.Zero ? share : LeastShare < limit ? LeastShare : limit;
    }
}
