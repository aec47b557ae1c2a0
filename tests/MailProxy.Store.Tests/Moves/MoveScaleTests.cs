using System.Diagnostics;
using System.Globalization;
using MailProxy.Store.Engine;
using MailProxy.Store.Moves.Api;
using MailProxy.Store.Tests.Engine;
using Xunit;
using static MailProxy.Store.Tests.Engine.TestStore;

namespace MailProxy.Store.Tests.Moves;

/// <summary>A mailbox of 20,000 messages and 1 GB; the figures of docs/performance.md. Takes minutes, so it runs only when asked: MAILPROXY_SCALE=1.</summary>
public sealed class MoveScaleTests(ITestOutputHelper output)
{
    private const int Messages = 20_000;
    private const int Parallel = 64;
    private static readonly FenceTarget ToTarget = new("store-2", "store-2.test", 143, 110, 24);

    [Fact]
    public async Task The_last_pull_of_a_large_mailbox_takes_far_less_than_a_second()
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable("MAILPROXY_SCALE") is null, "takes minutes: set MAILPROXY_SCALE=1");
        await using var source = await MoveNode.OpenAsync("store-1");
        await using var target = await MoveNode.OpenAsync("store-2");
        await System.Threading.Tasks.Parallel.ForEachAsync(
            Enumerable.Range(0, Messages),
            new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = Stop },
            async (number, _) => await source.Store.DeliverAsync(Content(number), Alice));

        Tell("first", await target.PullWellAsync(Alice, "m-1", source));
        Tell("nothing changed", await target.PullWellAsync(Alice, "m-1", source));
        await ChangeAsync(source.Store, 1);
        Tell("few changes, served", await target.PullWellAsync(Alice, "m-1", source));
        await ChangeAsync(source.Store, 2);

        var begin = Stopwatch.GetTimestamp();
        var hold = (await source.Client.HoldAsync(Alice, new HoldRequest("m-1", 60), Stop)).Hold!;
        var last = await target.PullWellAsync(Alice, "m-1", source);
        Tell("few changes, held", last);
        await source.Client.FenceAsync(Alice, new FenceRequest("m-1", hold, ToTarget), Stop);
        await target.Client.ActivateAsync(Alice, new ActivateRequest("m-1", hold), Stop);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"hold to activation: {Stopwatch.GetElapsedTime(begin).TotalMilliseconds:0} ms"));
        Assert.InRange(last.Seconds, 0, 0.5);
    }

    private static async Task ChangeAsync(TestStore store, int round)
    {
        for (var number = 0; number < 5; number++)
        {
            await store.DeliverAsync($"round {round}, {Content(number)}", Alice);
        }

        await using var inbox = await store.MailboxAsync(Alice);
        await inbox.StoreFlagsAsync([.. Enumerable.Range(1, 10).Select(number => ((uint)number * 1_000) + (uint)round)], FlagChange.Add, MessageFlags.Seen, [], null, Stop);
        await inbox.ExpungeAsync([inbox.Snapshot.Messages[5_000].Uid], Stop);
    }

    // 50 KB on average; incompressible would be the same: nothing here compresses.
    private static string Content(int number) => new((char)('a' + (number % 26)), 1_000 + (number * 7_919 % 98_000));

    private void Tell(string what, PullProgress progress) => output.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{what}: {progress.Seconds:0.000} s, {progress.Messages} messages, {progress.Octets / 1e6:0} MB, {progress.Changed} changed, {progress.Removed} removed"));
}
