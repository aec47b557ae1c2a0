using MailProxy.Nodes.Draining;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Operations;

public sealed class GoodbyePaceTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    [Theory]
    [InlineData(10_000, 15, 0)]
    [InlineData(10_000, 15, 500)]
    [InlineData(100_000, 15, 500)]
    [InlineData(151, 15, 0)]
    public void Goodbyes_are_even_over_the_time_and_all_are_said(int sessions, int seconds, int leastRate)
    {
        var said = Said(sessions, TimeSpan.FromSeconds(seconds), leastRate);
        var even = sessions / (double)said.Count;
        Assert.Equal(sessions, said.Sum());
        Assert.All(said, count => Assert.InRange(count, Math.Floor(even) - 1, Math.Ceiling(even) + 1));
    }

    [Fact]
    public void Few_sessions_are_spread_over_all_of_the_time()
    {
        var said = Said(3, TimeSpan.FromSeconds(9), leastRate: 0);
        int[] steps = [.. said.Select((count, step) => (count, step)).Where(entry => entry.count > 0).Select(entry => entry.step)];
        Assert.Equal(3, steps.Length);
        Assert.All(steps.Zip(steps[1..]), pair => Assert.InRange(pair.Second - pair.First, 20, 60));
    }

    [Fact]
    public void At_least_so_many_a_second_are_said()
    {
        var said = Said(1_000, TimeSpan.FromHours(1), leastRate: 500);
        Assert.InRange(said.TakeWhile(count => count > 0).Count(), 19, 21);
        Assert.Equal(1_000, said.Sum());
    }

    [Fact]
    public void After_the_time_all_are_due() => Assert.Equal(7, new GoodbyePace(0).Next(7, Step, TimeSpan.FromSeconds(-3)));

    private static List<int> Said(int sessions, TimeSpan time, int leastRate)
    {
        var pace = new GoodbyePace(leastRate);
        var said = new List<int>();
        for (var left = sessions; time > TimeSpan.Zero; time -= Step)
        {
            said.Add(pace.Next(left, Step, time));
            left -= said[^1];
        }

        return said;
    }
}
