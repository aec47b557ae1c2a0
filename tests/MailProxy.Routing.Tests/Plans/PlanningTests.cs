using CsCheck;
using MailProxy.Routing.Plans;
using MailProxy.Routing.Slots;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MailProxy.Routing.Tests.Plans;

public sealed class PlanningTests
{
    [Fact]
    public void Pieces_hold_no_more_users_than_allowed_and_lose_no_slot() =>
        (from counts in Gen.Int[0, 9].Array[0, 50]
         from most in Gen.Int[1, 20]
         select (counts, most)).Sample(test =>
        {
            var moves = test.counts.Select((_, slot) => new SlotMove(slot, "store-1", "store-2")).ToList();
            var pieces = SlotBatches.Of(moves, slot => test.counts[slot], test.most).ToList();
            Assert.Equal(moves, pieces.SelectMany(piece => piece));
            Assert.All(pieces, piece => Assert.True(piece.Count == 1 || piece.Sum(move => test.counts[move.Slot]) <= test.most));
            Assert.All(pieces.Zip(pieces.Skip(1)), two => Assert.True(two.First.Sum(move => test.counts[move.Slot]) + test.counts[two.Second[0].Slot] > test.most));
        });

    [Fact]
    public void Users_are_spread_by_weight_and_size()
    {
        var users = Enumerable.Range(0, 90).Select(number => ($"user{number}", (number % 10) * 100_000_000L)).ToList();
        var homes = TargetSpread.Spread(users, new Dictionary<string, int> { ["store-2"] = 2, ["store-3"] = 1, ["store-4"] = 0 });
        long Sum(string store) => users.Where(user => homes[user.Item1] == store).Sum(user => user.Item2);
        Assert.Equal(90, homes.Count);
        Assert.InRange((double)Sum("store-2") / Sum("store-3"), 1.9, 2.1);
        Assert.Equal(0, Sum("store-4"));
    }

    [Fact]
    public void The_estimate_follows_octets_and_users()
    {
        Assert.Null(new Estimate(10, 100, 0, 0, 0, TimeSpan.FromSeconds(5)).Remaining);
        Assert.Equal(TimeSpan.FromSeconds(30), new Estimate(4, 0, 1, 0, 0, TimeSpan.FromSeconds(10)).Remaining);
        Assert.Equal(TimeSpan.Zero, new Estimate(4, 10, 3, 1, 5, TimeSpan.FromSeconds(10)).Remaining);

        // A user of 90 MB took ten seconds; one of 190 MB is left.
        Assert.Equal(TimeSpan.FromSeconds(20), new Estimate(2, 280_000_000, 1, 0, 90_000_000, TimeSpan.FromSeconds(10)).Remaining);
        Assert.Equal((2, 6.0), (new Estimate(4, 0, 1, 1, 0, TimeSpan.FromSeconds(10)).Left, new Estimate(4, 0, 1, 1, 0, TimeSpan.FromSeconds(10)).PerMinute));
    }

    [Fact]
    public async Task The_pace_is_even_and_ends_when_it_is_enough()
    {
        var time = new FakeTimeProvider();
        using var enough = new CancellationTokenSource();
        var pace = new Pace(60, time);
        Assert.True(await pace.NextAsync(enough.Token, CancellationToken.None));
        var second = pace.NextAsync(enough.Token, CancellationToken.None);
        var third = pace.NextAsync(enough.Token, CancellationToken.None);
        time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(second.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(await second);
        Assert.False(third.IsCompleted);
        await enough.CancelAsync();
        Assert.False(await third);
        Assert.False(await pace.NextAsync(enough.Token, CancellationToken.None));
    }

    [Fact]
    public async Task Without_a_rate_nobody_waits()
    {
        var pace = new Pace(0, new FakeTimeProvider());
        for (var number = 0; number < 100; number++)
        {
            Assert.True(await pace.NextAsync(CancellationToken.None, CancellationToken.None));
        }
    }
}
