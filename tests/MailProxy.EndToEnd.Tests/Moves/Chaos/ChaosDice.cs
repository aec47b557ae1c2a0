namespace MailProxy.EndToEnd.Tests.Moves.Chaos;

/// <summary>Chance with a seed, shared by many: what happens when depends on the machine as well, what is asked for does not.</summary>
internal sealed class ChaosDice(int seed)
{
    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);

    /// <summary>From 0 up to, not including, a bound.</summary>
    public int Next(int bound)
    {
        lock (_lock)
        {
            return _random.Next(bound);
        }
    }

    /// <summary>True in so many of a hundred.</summary>
    public bool Percent(int share) => Next(100) < share;

    /// <summary>Half to one and a half of it.</summary>
    public int Around(int middle) => (middle / 2) + Next(Math.Max(1, middle));

    /// <summary>One of them.</summary>
    public T Of<T>(IReadOnlyList<T> all) => all[Next(all.Count)];
}
