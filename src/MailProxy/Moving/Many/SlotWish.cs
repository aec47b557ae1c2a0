using MailProxy.Routing.Catalog;
using MailProxy.Routing.Moves;
using MailProxy.Routing.Slots;

namespace MailProxy.Moving.Many;

/// <summary>Which slots the operator wants where: a share for each store by weight, or one range for one store.</summary>
/// <param name="Weights">By store, as far as they were given.</param>
/// <param name="Add">Stores that have none yet.</param>
/// <param name="Range">A range and its store; null: by weight.</param>
internal sealed record SlotWish(IReadOnlyDictionary<string, int> Weights, IReadOnlyList<string> Add, (int From, int To, string Store)? Range)
{
    // docs/routing.md: the default.
    private const int DefaultCount = 4_096;

    /// <summary>What has to move, and the weights to remember; null: those of the table stay.</summary>
    public (IReadOnlyList<SlotMove> Moves, IReadOnlyDictionary<string, int>? Weights) Goal(ManyContext context, SlotTable table, IReadOnlyDictionary<string, int>? standing)
    {
        if (Range is { } range)
        {
            context.RequireTaker(range.Store);
            return range.To < table.Count
                ? ([.. Enumerable.Range(range.From, range.To - range.From + 1).Where(slot => table.StoreOf(slot) != range.Store).Select(slot => new SlotMove(slot, table.StoreOf(slot), range.Store))], null)
                : throw new MoveException($"The table has {table.Count} slots, 0 to {table.Count - 1}: {range.From}-{range.To} is not within it.");
        }

        var weights = table.Counts().Keys.Concat(Add).Concat(Weights.Keys).Distinct(StringComparer.Ordinal)
            .ToDictionary(store => store, store => WeightOf(context, store, table, standing), StringComparer.Ordinal);
        foreach (var (store, weight) in weights)
        {
            if (weight > 0)
            {
                context.RequireTaker(store);
            }
        }

        return weights.Values.Any(weight => weight > 0)
            ? (SlotPlanner.Rebalance(table, weights), weights)
            : throw new MoveException("No store would have a slot: give one a weight above 0. Nothing was changed.");
    }

    /// <summary>The table where there is none: without owners; written unless it is only shown.</summary>
    public async Task<SlotTable> FirstTableAsync(ManyContext context, ulong index, bool isShown, CancellationToken stop)
    {
        if (Range is null && Weights.Count == 0 && Add.Count == 0)
        {
            throw new MoveException("There is no slot table (mailproxy/slots). Say which stores are to have slots: --add store-1,store-2 or --weights store-1=2,store-2=1.");
        }

        var table = SlotTable.Empty(DefaultCount);
        if (!isShown)
        {
            await context.Routes.Slots.WriteAsync(table, index, stop);
        }

        return table;
    }

    // A store that is being emptied gives and does not take, unless somebody says otherwise in so many words.
    private int WeightOf(ManyContext context, string store, SlotTable table, IReadOnlyDictionary<string, int>? standing) =>
        Weights.TryGetValue(store, out var asked) ? asked
        : context.NodeOf(store) is { State: StoreState.Draining } ? 0
        : standing is not null && standing.TryGetValue(store, out var planned) ? planned
        : table.Weights.GetValueOrDefault(store, 1) is var known && known == 0 && Add.Contains(store) ? 1 : known;
}
