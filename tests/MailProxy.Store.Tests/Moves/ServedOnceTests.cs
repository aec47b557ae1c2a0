using System.Collections.Concurrent;
using System.Diagnostics;
using MailProxy.Store.Engine;
using MailProxy.Store.Moves.Api;
using MailProxy.Store.Tests.Engine;
using MailProxy.Testing;
using Xunit;
using static MailProxy.Store.Tests.Engine.TestStore;

namespace MailProxy.Store.Tests.Moves;

/// <summary>
/// A user goes to and fro between two stores while sessions and deliveries come at both all the time, as from proxies that know nothing: no session of one store
/// is there at the same time as one of the other, and all mail that was acknowledged is there once.
/// </summary>
public sealed class ServedOnceTests(ITestOutputHelper output)
{
    private const int Moves = 4;
    private const int Workers = 4;

    private readonly ConcurrentBag<(string Store, long Begin, long End)> _served = [];
    private readonly ConcurrentBag<string> _acknowledged = [];
    private int _next;

    [Fact]
    public async Task Two_stores_never_serve_one_user_and_no_mail_is_lost()
    {
        await using var one = await MoveNode.OpenAsync("store-1");
        await using var two = await MoveNode.OpenAsync("store-2");
        await one.Store.DeliverAsync("first", Alice);
        _acknowledged.Add("first");
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        MoveNode[] nodes = [one, two];
        var work = nodes.SelectMany(node => Enumerable.Range(0, Workers).Select(number => Task.Run(() => WorkAsync(node, number, end.Token)))).ToList();

        var (from, to) = (one, two);
        for (var number = 0; number < Moves; number++)
        {
            await Beat.WaitAsync(50, Stop);
            await MoveAsync(from, to, $"m-{number}");
            (from, to) = (to, from);
        }

        await Beat.WaitAsync(50, Stop);
        await end.CancelAsync();
        await Task.WhenAll(work);

        output.WriteLine($"{_served.Count} sessions, {_acknowledged.Count} messages");
        Assert.Equal(["store-1", "store-2"], _served.Select(session => session.Store).Distinct().Order(StringComparer.Ordinal));
        var overlaps = _served.Where(session => session.Store == "store-1")
            .SelectMany(first => _served.Where(second => second.Store == "store-2" && first.Begin < second.End && second.Begin < first.End));
        Assert.Empty(overlaps);
        await using var inbox = await from.Store.MailboxAsync(Alice);
        var found = new List<string>();
        foreach (var uid in Uids(inbox))
        {
            found.Add((await ContentAsync(inbox, uid))!);
        }

        Assert.Equal(_acknowledged.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    private static async Task MoveAsync(MoveNode from, MoveNode to, string move)
    {
        var target = new FenceTarget("elsewhere", "elsewhere.test", 143, 110, 24);
        await to.PullWellAsync(Alice, move, from);
        var hold = (await from.Client.HoldAsync(Alice, new HoldRequest(move, 60), Stop)).Hold!;
        Assert.Equal(hold, (await to.PullWellAsync(Alice, move, from)).Hold);
        await from.Client.FenceAsync(Alice, new FenceRequest(move, hold, target), Stop);
        await to.Client.ActivateAsync(Alice, new ActivateRequest(move, hold), Stop);
    }

    private async Task WorkAsync(MoveNode node, int number, CancellationToken end)
    {
        var store = (await node.Client.GetAsync(Alice, Stop)).Store;

        // At the second store the user is nobody until the first move has begun: whoever knocks before makes mail of the user there.
        while (store == "store-2" && await node.Client.GetAsync(Alice, Stop) is { Staged: null, ActivatedMove: null })
        {
            await Beat.WaitAsync(5, Stop);
        }

        while (!end.IsCancellationRequested)
        {
            try
            {
                await (number % 2 == 0 ? DeliverAsync(node) : ServeAsync(node, store, end));
            }
            catch (StoreFaultException fault) when (fault.Kind is StoreFaultKind.UserHeld or StoreFaultKind.UserMoved)
            {
                await Beat.WaitAsync(1, Stop);
            }
        }
    }

    private async Task DeliverAsync(MoveNode node)
    {
        var content = $"message {Interlocked.Increment(ref _next)}";
        await node.Store.DeliverAsync(content, Alice);
        _acknowledged.Add(content);
        await Beat.WaitAsync(2, Stop);
    }

    // As the servers do: enter, open, serve until the goodbye.
    private async Task ServeAsync(MoveNode node, string store, CancellationToken end)
    {
        using var goodbye = CancellationTokenSource.CreateLinkedTokenSource(end);
        var visit = node.Store.Engine.Sessions.Enter(Alice, goodbye.Cancel, () => { });
        try
        {
            await node.Store.Engine.OpenUserAsync(Alice, Stop);
            var begin = Stopwatch.GetTimestamp();
            while (!goodbye.IsCancellationRequested)
            {
                await Beat.WaitAsync(1, Stop);
            }

            _served.Add((store, begin, Stopwatch.GetTimestamp()));
        }
        finally
        {
            visit.Dispose();
        }
    }
}
