namespace MailProxy.EndToEnd.Tests.Moves.Chaos;

/// <summary>A stretch of time in which a store served a user, by the monotonic clock.</summary>
/// <param name="Store">Which.</param>
/// <param name="User">Whom.</param>
/// <param name="What">Protocol and visit.</param>
/// <param name="From">Begin.</param>
/// <param name="Until">End; of a store that was killed: not later than the kill.</param>
/// <param name="IsInstant">A delivery: it happened at one moment in between.</param>
/// <param name="IsKilled">The store was killed in it.</param>
internal sealed record ServingSpan(string Store, string User, string What, double From, double Until, bool IsInstant, bool IsKilled = false)
{
    /// <summary>Whether it is certain that both served at one moment.</summary>
    public bool Contradicts(ServingSpan other) => (IsInstant, other.IsInstant) switch
    {
        (false, false) => From < other.Until && other.From < Until,
        (true, false) => From > other.From && Until < other.Until,
        (false, true) => other.Contradicts(this),
        _ => false,
    };
}
