namespace MailProxy.Routing.Slots;

/// <summary>Which store each slot belongs to. Immutable.</summary>
public sealed class SlotTable : IEquatable<SlotTable>
{
    private static readonly Dictionary<string, int> NoWeights = [];

    private readonly string?[] stores;

    internal SlotTable(string?[] stores) => this.stores = stores;

    /// <summary>How many slots there are.</summary>
    public int Count => stores.Length;

    /// <summary>How often the program has changed the table; 0: never, it was written by hand.</summary>
    public int Epoch { get; init; }

    /// <summary>What the last rebalance aimed at, by store; a store that is absent weighs 1.</summary>
    public IReadOnlyDictionary<string, int> Weights { get; init; } = NoWeights;

    /// <summary>A table of so many slots that belong to nobody.</summary>
    public static SlotTable Empty(int count) => new(new string?[count]);

    /// <summary>The store of a slot; null when the table gives it to none.</summary>
    public string? StoreOf(int slot) => stores[slot];

    /// <summary>Slots by store.</summary>
    public IReadOnlyDictionary<string, int> Counts() =>
        stores.OfType<string>().GroupBy(store => store, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);

    /// <summary>Each run of slots of one store, both ends included; slots of no store are left out.</summary>
    public IEnumerable<(int From, int To, string Store)> Ranges()
    {
        for (var from = 0; from < stores.Length;)
        {
            var to = from;
            while (to + 1 < stores.Length && stores[to + 1] == stores[from])
            {
                to++;
            }

            if (stores[from] is { } store)
            {
                yield return (from, to, store);
            }

            from = to + 1;
        }
    }

    /// <summary>The table after some slots have changed hands, of the next epoch.</summary>
    public SlotTable With(IEnumerable<SlotMove> moves, IReadOnlyDictionary<string, int>? weights = null)
    {
        var next = stores.ToArray();
        foreach (var move in moves)
        {
            next[move.Slot] = move.To;
        }

        return new SlotTable(next) { Epoch = Epoch + 1, Weights = weights ?? Weights };
    }

    /// <summary>By the stores alone: what routes.</summary>
    public bool Equals(SlotTable? other) => other is not null && stores.AsSpan().SequenceEqual(other.stores);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SlotTable);

    /// <inheritdoc/>
    public override int GetHashCode() => Count;
}
