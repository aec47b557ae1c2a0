using System.Net;
using MailProxy.Routing.Consul.Watch;
using Xunit;

namespace MailProxy.Routing.Tests.Watch;

public sealed class BlockingWatchTests
{
    private const string Afresh = "/v1/kv/p/?recurse";

    [Fact]
    public async Task It_starts_without_an_index_and_then_blocks_with_the_one_answered()
    {
        await using var rig = new WatchRig();
        Assert.Equal(Afresh, await rig.Server.NextAsync());
        rig.Server.Answer(7);
        Assert.Equal(Blocking(7), await rig.NextAfterPauseAsync());
        rig.Server.Answer(9);
        Assert.Equal(Blocking(9), await rig.NextAfterPauseAsync());
        Assert.Equal([7ul, 9ul], rig.Taken);
    }

    [Fact]
    public async Task It_blocks_with_at_least_1()
    {
        await using var rig = new WatchRig();
        await rig.Server.NextAsync();
        rig.Server.Answer(0);
        Assert.Equal(Blocking(1), await rig.NextAfterPauseAsync());
    }

    [Fact]
    public async Task An_index_that_went_back_is_taken_and_read_afresh()
    {
        await using var rig = new WatchRig();
        await rig.Server.NextAsync();
        rig.Server.Answer(50);
        await rig.NextAfterPauseAsync();
        rig.Server.Answer(3);
        Assert.Equal(Afresh, await rig.NextAfterPauseAsync());
        rig.Server.Answer(3);
        Assert.Equal(Blocking(3), await rig.NextAfterPauseAsync());
        Assert.Equal([50ul, 3ul, 3ul], rig.Taken);
    }

    [Fact]
    public async Task A_whole_wait_without_a_change_is_not_taken_and_goes_on()
    {
        await using var rig = new WatchRig();
        await rig.Server.NextAsync();
        rig.Server.Answer(5);
        await rig.NextAfterPauseAsync();

        // The query started long ago, so nothing needs to be paused for.
        rig.Time.Advance(TimeSpan.FromSeconds(31));
        rig.Server.Answer(5);
        Assert.Equal(Blocking(5), await rig.Server.NextAsync());
        Assert.Equal([5ul], rig.Taken);
    }

    [Fact]
    public async Task An_early_return_without_a_change_is_followed_by_one_read_without_an_index()
    {
        await using var rig = new WatchRig();
        await rig.Server.NextAsync();
        rig.Server.Answer(5);
        await rig.NextAfterPauseAsync();
        rig.Time.Advance(TimeSpan.FromSeconds(2));
        rig.Server.Answer(5);
        Assert.Equal(Afresh, await rig.NextAfterPauseAsync());
        rig.Server.Answer(5);
        Assert.Equal(Blocking(5), await rig.NextAfterPauseAsync());
        Assert.Equal([5ul, 5ul], rig.Taken);
    }

    [Fact]
    public async Task A_server_that_returns_at_once_again_and_again_is_asked_less_and_less_often()
    {
        await using var rig = new WatchRig();
        var pauses = new List<TimeSpan>();
        for (var i = 0; i < 12; i++)
        {
            await rig.Server.NextAsync();
            rig.Server.Answer(5);
            pauses.Add(await rig.Time.PassPauseAsync());
        }

        Assert.All(pauses, p => Assert.InRange(p, WatchRig.Options.MinInterval, WatchRig.Options.MaxEarlyPause));
        Assert.Equal(WatchRig.Options.MaxEarlyPause, pauses[^1]);
    }

    [Fact]
    public async Task A_busy_prefix_is_read_at_most_once_in_the_shortest_interval()
    {
        await using var rig = new WatchRig();
        for (ulong index = 10; index < 15; index++)
        {
            await rig.Server.NextAsync();
            rig.Server.Answer(index);
            Assert.Equal(WatchRig.Options.MinInterval, await rig.Time.PassPauseAsync());
        }
    }

    [Fact]
    public async Task Failures_are_repeated_with_growing_jittered_bounded_pauses_and_afterwards_read_afresh()
    {
        await using var rig = new WatchRig();
        await rig.Server.NextAsync();
        rig.Server.Answer(5);
        var request = await rig.NextAfterPauseAsync();
        Assert.Equal(Blocking(5), request);

        var expected = WatchRig.Options.FirstBackoff;
        for (var i = 0; i < 10; i++)
        {
            rig.Server.Fail(new HttpRequestException("connection refused"));
            var pause = await rig.Time.PassPauseAsync();
            Assert.InRange(pause, Max(expected / 2, WatchRig.Options.MinInterval / 2), Max(expected, WatchRig.Options.MinInterval));
            expected = expected * 2 > WatchRig.Options.MaxBackoff ? WatchRig.Options.MaxBackoff : expected * 2;
            Assert.Equal(Afresh, await rig.Server.NextAsync());
        }

        Assert.Contains("connection refused", rig.Watch.Status.Problem, StringComparison.Ordinal);
        Assert.Single(rig.Log.Warnings);
        rig.Server.Answer(2);
        Assert.Equal(Blocking(2), await rig.NextAfterPauseAsync());
        Assert.Null(rig.Watch.Status.Problem);
        Assert.Equal([5ul, 2ul], rig.Taken);
    }

    [Theory]
    [InlineData(500, "No cluster leader")]
    [InlineData(403, "Permission denied")]
    [InlineData(429, "")]
    [InlineData(200, "<html>a proxy's login page</html>")]
    public async Task No_bad_answer_ends_the_watch(int status, string body)
    {
        await using var rig = new WatchRig();
        await rig.Server.NextAsync();
        rig.Server.Answer(5, body, (HttpStatusCode)status);
        Assert.Equal(Afresh, await rig.NextAfterPauseAsync());
        Assert.NotNull(rig.Watch.Status.Problem);
        Assert.Empty(rig.Taken);
    }

    [Fact]
    public async Task A_query_without_an_answer_is_given_up_after_the_wait_and_its_margin()
    {
        await using var rig = new WatchRig();
        await rig.Server.NextAsync();
        rig.Server.Answer(5);
        await rig.NextAfterPauseAsync();
        rig.Time.Advance(TimeSpan.FromSeconds(42));
        Assert.Equal(Afresh, await rig.NextAfterPauseAsync());
        Assert.Contains("no answer within", rig.Watch.Status.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_doubted_answer_is_read_again_without_an_index()
    {
        await using var rig = new WatchRig { Verdict = WatchVerdict.Doubted };
        await rig.Server.NextAsync();
        rig.Server.Answer(5);
        Assert.Equal(WatchRig.Options.DoubtInterval, await rig.Time.PassPauseAsync());
        Assert.Equal(Afresh, await rig.Server.NextAsync());
    }

    private static string Blocking(ulong index) => $"/v1/kv/p/?recurse&index={index}&wait=30000ms";

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
