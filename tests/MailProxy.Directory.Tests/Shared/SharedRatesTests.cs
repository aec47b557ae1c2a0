using Xunit;

namespace MailProxy.Directory.Tests.Shared;

/// <summary>Two nodes that count what users send on one real server.</summary>
public sealed class SharedRatesTests
{
    [Fact]
    public async Task However_many_are_sent_by_all_nodes_at_once_never_more_than_the_limit_are_taken()
    {
        await using var server = await RedisServer.StartNewAsync();
        await using var one = await SharedNode.StartAsync(server);
        await using var two = await SharedNode.StartAsync(server);
        var taken = await Task.WhenAll(
            Enumerable.Range(0, 100).Select(number => (number % 2 == 0 ? one : two).Counts.Rates.TakeAsync("messages", "alice@example.org", 10).AsTask()));
        Assert.Equal((10, 90), (taken.Count(answer => answer == true), taken.Count(answer => answer == false)));
        Assert.True(await two.Counts.Rates.TakeAsync("recipients", "alice@example.org", 10));
        Assert.True(await two.Counts.Rates.TakeAsync("messages", "bob@example.org", 10));
    }

    [Fact]
    public async Task A_server_that_is_away_says_nothing()
    {
        await using var server = await RedisServer.StartNewAsync();
        await using var one = await SharedNode.StartAsync(server);
        await server.KillAsync();
        Assert.Null(await one.Counts.Rates.TakeAsync("messages", "alice@example.org", 1));
    }
}
