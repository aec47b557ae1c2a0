namespace MailProxy.Directory;

/// <summary>Pauses that grow with each failure in a row, and are shuffled so that those who failed together do not come back together.</summary>
internal static class Backoff
{
    // Enough doublings to get from any pause to any other.
    private const int MostDoublings = 20;

    /// <summary>Half of the pause to all of it.</summary>
    /// <param name="failures">In a row before this one: 0 for the first.</param>
    /// <param name="first">The first pause; each further failure doubles it.</param>
    /// <param name="longest">No pause is longer.</param>
    /// <param name="chance">0 to 1.</param>
    public static TimeSpan After(int failures, TimeSpan first, TimeSpan longest, double chance)
    {
        var full = first * (1L << Math.Clamp(failures, 0, MostDoublings));
        return (full < longest ? full : longest) * (0.5 + (chance / 2));
    }
}
