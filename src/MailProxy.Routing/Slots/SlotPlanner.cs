namespace MailProxy.Routing.Slots;

/// <summary>Which slots have to change hands. Pure: the same table and weights give the same plan.</summary>
public static class SlotPlanner
{
    /// <summary>
    /// As few slots as possible move until each store has its share: count * weight / all weights, rounded up or down. Stores without a weight, or of
    /// weight 0, give all they have; slots of nobody find an owner. Sorted by slot.
    /// </summary>
    /// <exception cref="ArgumentException">No store has a weight above 0.</exception>
    public static IReadOnlyList<SlotMove> Rebalance(SlotTable table, IReadOnlyDictionary<string, int> weights) =>
        Assign(table, Quotas(table, weights), isGiver: _ => true);

    /// <summary>Every slot of one store moves and no other does: each to whoever has least for their weight.</summary>
    /// <param name="table">As it is.</param>
    /// <param name="store">Who gives.</param>
    /// <param name="weights">Of those who take; at least one is above 0.</param>
    /// <exception cref="ArgumentException">No store takes.</exception>
    public static IReadOnlyList<SlotMove> Evacuate(SlotTable table, string store, IReadOnlyDictionary<string, int> weights)
    {
        var takers = Takers(weights).Where(taker => taker.Key != store).ToList();
        RequireSome(takers);
        var quotas = table.Counts().ToDictionary(StringComparer.Ordinal);
        for (var left = quotas.GetValueOrDefault(store); left > 0; left--)
        {
            var least = takers.MinBy(taker => (quotas.GetValueOrDefault(taker.Key) + 1.0) / taker.Value).Key;
            quotas[least] = quotas.GetValueOrDefault(least) + 1;
        }

        quotas[store] = 0;
        return Assign(table, quotas, isGiver: owner => owner == store);
    }

    // The first slots of an owner stay, up to the quota; what is left goes to the takers in runs, so that the table has few ranges.
    private static List<SlotMove> Assign(SlotTable table, Dictionary<string, int> quotas, Func<string?, bool> isGiver)
    {
        var left = quotas.ToDictionary(StringComparer.Ordinal);
        var given = new List<int>();
        for (var slot = 0; slot < table.Count; slot++)
        {
            var owner = table.StoreOf(slot);
            if (owner is not null && left.GetValueOrDefault(owner) > 0)
            {
                left[owner]--;
            }
            else if (isGiver(owner))
            {
                given.Add(slot);
            }
        }

        var takers = left.Where(quota => quota.Value > 0).OrderBy(quota => quota.Key, StringComparer.Ordinal)
            .SelectMany(quota => Enumerable.Repeat(quota.Key, quota.Value));
        return [.. given.Zip(takers, (slot, taker) => new SlotMove(slot, table.StoreOf(slot), taker))];
    }

    // Largest remainders, but a slot more for whoever has one more already: that saves a move.
    private static Dictionary<string, int> Quotas(SlotTable table, IReadOnlyDictionary<string, int> weights)
    {
        var takers = Takers(weights).ToList();
        RequireSome(takers);
        var sum = takers.Sum(taker => (long)taker.Value);
        var counts = table.Counts();
        var quotas = takers.ToDictionary(taker => taker.Key, taker => (int)(table.Count * (long)taker.Value / sum), StringComparer.Ordinal);
        var more = takers
            .Select(taker => (taker.Key, Part: table.Count * (long)taker.Value % sum))
            .Where(taker => taker.Part > 0)
            .OrderByDescending(taker => counts.GetValueOrDefault(taker.Key) > quotas[taker.Key])
            .ThenByDescending(taker => taker.Part)
            .ThenBy(taker => taker.Key, StringComparer.Ordinal)
            .Take(table.Count - quotas.Values.Sum())
            .ToList();
        more.ForEach(taker => quotas[taker.Key]++);
        return quotas;
    }

    private static IEnumerable<KeyValuePair<string, int>> Takers(IReadOnlyDictionary<string, int> weights) =>
        weights.Where(weight => weight.Value > 0).OrderBy(weight => weight.Key, StringComparer.Ordinal);

    private static void RequireSome(List<KeyValuePair<string, int>> takers)
    {
        if (takers.Count == 0)
        {
            throw new ArgumentException("no store has a weight above 0");
        }
    }
}
