using System.Collections.Frozen;
using MailProxy.Routing.Catalog;
using MailProxy.Routing.Health;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MailProxy.Routing.Tests.Health;

public sealed class ReturnRampTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly FakeTimeProvider _time = new();
    private readonly StoreHealthOptions _options = new() { ReturnLogins = 10, ReturnTime = TimeSpan.FromSeconds(10), ReturnWaiting = 500 };
    private readonly StoreHealthMonitor _monitor;
    private readonly StoreNode _store = new(
        "s1", "10.0.0.1", new Dictionary<StoreService, int> { [StoreService.Imap] = 143 }.ToFrozenDictionary(), StoreTlsMode.None, null, StoreState.Online);

    public ReturnRampTests() => _monitor = new StoreHealthMonitor(_options, new RecordingLogger(), _time, new Random(1));

    public void Dispose() => _monitor.Dispose();

    [Fact]
    public void A_store_that_was_never_down_holds_nobody_back()
    {
        var turns = Enter(1_000);
        Assert.All(turns, turn => Assert.True(turn.IsCompletedSuccessfully));
        Assert.True(_store.Health.IsCalm);
    }

    [Fact]
    public async Task Two_hundred_logins_at_once_are_let_in_ten_at_first_and_twice_as_many_each_second()
    {
        _store.Health.MarkBack();
        var turns = Enter(200);
        Assert.Equal((10, 190), (turns.Count(turn => turn.IsCompleted), _store.Health.Waiting));
        foreach (var expected in new[] { 20, 40, 80, 160, 200 })
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(200 - expected, _store.Health.Waiting);
            await Task.WhenAll(turns.Take(expected)).WaitAsync(Patience);
        }
    }

    [Fact]
    public async Task Whoever_is_through_lets_the_next_one_in_in_order()
    {
        _store.Health.MarkBack();
        var turns = Enter(200);
        for (var through = 0; through < 190; through++)
        {
            (await turns[through]).Dispose();
            await turns[10 + through].WaitAsync(Patience);
            Assert.Equal(189 - through, _store.Health.Waiting);
        }
    }

    [Fact]
    public async Task When_its_time_is_over_everybody_is_in_and_the_store_is_calm()
    {
        _store.Health.MarkBack();
        var turns = Enter(500);
        _time.Advance(_options.ReturnTime);
        await Task.WhenAll(turns).WaitAsync(Patience);
        Assert.True(_store.Health.IsCalm);
        Assert.True(Enter(1)[0].IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_login_that_gives_up_leaves_the_line()
    {
        _store.Health.MarkBack();
        var turns = Enter(10);
        using var impatient = new CancellationTokenSource();
        var waits = _monitor.EnterAsync(_store, impatient.Token).AsTask();
        var behind = Enter(1);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waits);
        Assert.Equal(1, _store.Health.Waiting);
        (await turns[0]).Dispose();
        Assert.False((await behind[0]).IsRefused);
        Assert.Equal(0, _store.Health.Waiting);
    }

    [Fact]
    public async Task Beyond_the_line_there_is_no_turn()
    {
        _options.ReturnWaiting = 3;
        _store.Health.MarkBack();
        var turns = Enter(14);
        Assert.True((await turns[13]).IsRefused);
        Assert.Equal(3, _store.Health.Waiting);
        Assert.All(turns.Take(10), turn => Assert.True(turn.IsCompletedSuccessfully));
    }

    [Fact]
    public void A_store_that_goes_down_and_comes_back_again_begins_anew()
    {
        _store.Health.MarkBack();
        Enter(20);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(0, _store.Health.Waiting);
        _store.Health.MarkBack();
        Enter(20);
        Assert.Equal(10, _store.Health.Waiting);
    }

    private Task<ReturnTurn>[] Enter(int count) => [.. Enumerable.Range(0, count).Select(_ => _monitor.EnterAsync(_store, CancellationToken.None).AsTask())];
}
