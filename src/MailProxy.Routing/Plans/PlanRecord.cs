namespace MailProxy.Routing.Plans;

/// <summary>
/// That many users are being moved, and how: the value of <c>mailproxy/plans/&lt;id&gt;</c>. It names no user: who is done is known from where users are.
/// Whoever holds the key by a Consul session drives it.
/// </summary>
/// <param name="Id"><c>drain-STORE</c> or <c>rebalance</c>.</param>
/// <param name="Started">When it began.</param>
/// <param name="Operator">Who drives it or drove it last, as <c>name@machine</c>.</param>
public sealed record PlanRecord(string Id, DateTimeOffset Started, string Operator)
{
    /// <summary>The id of the one rebalance that there can be.</summary>
    public const string Rebalance = "rebalance";

    /// <summary>The store that is emptied; null: slots are evened out.</summary>
    public string? From { get; init; }

    /// <summary>Where to, as the operator asked; empty: every store that is online.</summary>
    public IReadOnlyList<string> To { get; init; } = [];

    /// <summary>The weights that it aims at.</summary>
    public IReadOnlyDictionary<string, int> Weights { get; init; } = new Dictionary<string, int>();

    /// <summary>Users it had to move when it was last begun.</summary>
    public int Users { get; init; }

    /// <summary>The id of emptying a store.</summary>
    public static string Drain(string store) => $"drain-{store}";
}
