using CsCheck;
using MailProxy.Routing.Slots;
using Xunit;

namespace MailProxy.Routing.Tests.Slots;

public sealed class SlotPlannerTests
{
    private static readonly string[] Names = ["store-1", "store-2", "store-3", "store-4", "store-5"];

    // A table of any size, with slots of nobody and of stores that have no weight any more; weights of 0 among them.
    private static readonly Gen<(SlotTable Table, IReadOnlyDictionary<string, int> Weights)> Cases =
        from count in Gen.Int[1, 300]
        from owners in Gen.Int[-1, Names.Length - 1].Array[count]
        from weights in Gen.Int[0, 7].Array[Names.Length - 1]
        from one in Gen.Int[0, Names.Length - 2]
        select (
            new SlotTable([.. owners.Select(owner => owner < 0 ? null : Names[owner])]),
            (IReadOnlyDictionary<string, int>)Names.Take(Names.Length - 1).Select((name, place) => (name, weight: place == one ? weights[place] + 1 : weights[place]))
                .ToDictionary(pair => pair.name, pair => pair.weight));

    [Fact]
    public void Every_store_gets_its_share_rounded_up_or_down() => Cases.Sample(test =>
    {
        var after = test.Table.With(SlotPlanner.Rebalance(test.Table, test.Weights)).Counts();
        var sum = test.Weights.Values.Sum();
        Assert.Equal(test.Table.Count, after.Values.Sum());
        foreach (var (store, weight) in test.Weights)
        {
            var share = (double)test.Table.Count * weight / sum;
            Assert.InRange(after.GetValueOrDefault(store), Math.Floor(share), Math.Ceiling(share));
        }
    });

    [Fact]
    public void No_slot_moves_that_could_have_stayed() => Cases.Sample(test =>
    {
        var moves = SlotPlanner.Rebalance(test.Table, test.Weights);
        var (before, after) = (test.Table.Counts(), test.Table.With(moves).Counts());

        // What cannot be avoided with these shares: whatever a store has beyond its own.
        var least = test.Table.Count - after.Sum(share => Math.Min(share.Value, before.GetValueOrDefault(share.Key)));
        Assert.Equal(least, moves.Count);

        // And no other choice of who gets the odd slots would have saved one.
        var sum = test.Weights.Values.Sum();
        var odd = test.Table.Count - test.Weights.Sum(weight => test.Table.Count * weight.Value / sum);
        var kept = test.Weights.Sum(weight => Math.Min(test.Table.Count * weight.Value / sum, before.GetValueOrDefault(weight.Key)));
        var couldKeep = test.Weights.Count(weight => test.Table.Count * weight.Value % sum > 0 && before.GetValueOrDefault(weight.Key) > test.Table.Count * weight.Value / sum);
        Assert.Equal(test.Table.Count - kept - Math.Min(odd, couldKeep), moves.Count);
    });

    [Fact]
    public void Who_has_their_share_is_left_alone() => Cases.Sample(test =>
    {
        var balanced = test.Table.With(SlotPlanner.Rebalance(test.Table, test.Weights));
        Assert.Empty(SlotPlanner.Rebalance(balanced, test.Weights));
    });

    [Fact]
    public void A_plan_names_each_slot_once_with_its_owner() => Cases.Sample(test =>
    {
        var moves = SlotPlanner.Rebalance(test.Table, test.Weights);
        Assert.Equal(moves.Count, moves.Select(move => move.Slot).Distinct().Count());
        Assert.All(moves, move => Assert.Equal(test.Table.StoreOf(move.Slot), move.From));
        Assert.All(moves, move => Assert.NotEqual(move.From, move.To));
    });

    [Fact]
    public void An_evacuation_takes_all_from_one_store_and_nothing_from_others() => Cases.Sample(test =>
    {
        var moves = SlotPlanner.Evacuate(test.Table, Names[^1], test.Weights);
        var (before, after) = (test.Table.Counts(), test.Table.With(moves).Counts());
        Assert.Equal(before.GetValueOrDefault(Names[^1]), moves.Count);
        Assert.All(moves, move => Assert.Equal(Names[^1], move.From));
        Assert.All(moves, move => Assert.True(test.Weights[move.To] > 0));
        Assert.False(after.ContainsKey(Names[^1]));

        // Nobody who took is ahead of anybody by more than the slot that made it so.
        var takers = moves.Select(move => move.To).ToHashSet();
        var least = test.Weights.Where(weight => weight.Value > 0).Min(weight => (after.GetValueOrDefault(weight.Key) + 1.0) / weight.Value);
        Assert.All(takers, taker => Assert.True((double)after[taker] / test.Weights[taker] <= least + 1e-9));
    });

    [Fact]
    public void A_third_store_takes_a_third_in_one_run_from_each()
    {
        var table = SlotTable.Empty(4096);
        table = table.With(SlotPlanner.Rebalance(table, new Dictionary<string, int> { ["store-1"] = 1, ["store-2"] = 1 }));
        Assert.Equal([(0, 2047, "store-1"), (2048, 4095, "store-2")], table.Ranges());

        var moves = SlotPlanner.Rebalance(table, new Dictionary<string, int> { ["store-1"] = 1, ["store-2"] = 1, ["store-3"] = 1 });

        Assert.Equal(1365, moves.Count);
        Assert.Equal(4, table.With(moves).Ranges().Count());
        Assert.Equal([1365, 1365, 1366], table.With(moves).Counts().Values.Order());
    }

    [Fact]
    public void Without_any_weight_there_is_no_plan() =>
        Assert.Throws<ArgumentException>(() => SlotPlanner.Rebalance(SlotTable.Empty(8), new Dictionary<string, int> { ["store-1"] = 0 }));

    [Fact]
    public void What_is_written_is_read() => Cases.Sample(test =>
    {
        var table = test.Table.With([], test.Weights);
        Assert.True(SlotTableParser.TryParse(SlotTableText.Write(table), out var read, out var problem), problem);
        Assert.Equal(table, read);
        Assert.Equal((1, test.Weights.Count), (read.Epoch, read.Weights.Count));
        Assert.All(test.Weights, weight => Assert.Equal(weight.Value, read.Weights[weight.Key]));
    });

    [Theory]
    [InlineData("""{"count":4,"weights":{"store-1":-1},"ranges":[]}""")]
    [InlineData("""{"count":4,"weights":{"store-1":1001},"ranges":[]}""")]
    [InlineData("""{"count":4,"weights":{"no store":1},"ranges":[]}""")]
    public void Weights_that_are_none_are_refused(string json)
    {
        Assert.False(SlotTableParser.TryParse(System.Text.Encoding.UTF8.GetBytes(json), out _, out var problem));
        Assert.Contains("weight", problem, StringComparison.Ordinal);
    }
}
