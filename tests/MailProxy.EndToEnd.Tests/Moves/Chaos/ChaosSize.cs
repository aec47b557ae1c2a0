namespace MailProxy.EndToEnd.Tests.Moves.Chaos;

/// <summary>How big a run is.</summary>
/// <param name="Users">Each with an IDLE session that is always there.</param>
/// <param name="Moves">Moves that are begun.</param>
/// <param name="Movers">Operators at work at the same time.</param>
/// <param name="KillEvery">Time between two kills, shuffled by half.</param>
/// <param name="Senders">Deliveries at the same time.</param>
/// <param name="Pause">Of one user's other sessions, and of a sender, in milliseconds, shuffled by half.</param>
/// <param name="Limit">Moves that are not begun until then are not.</param>
internal sealed record ChaosSize(int Users, int Moves, int Movers, TimeSpan KillEvery, int Senders, int Pause, TimeSpan Limit)
{
    /// <summary>In every run of the tests.</summary>
    public static readonly ChaosSize Small = new(25, 40, 3, TimeSpan.FromSeconds(2), 2, 2_000, TimeSpan.FromSeconds(40));

    /// <summary>The bar.</summary>
    public static readonly ChaosSize Full = new(200, 500, 8, TimeSpan.FromSeconds(3), 6, 10_000, TimeSpan.FromMinutes(5));
}
