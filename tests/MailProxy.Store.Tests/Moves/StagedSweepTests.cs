using MailProxy.Store.Moves;
using MailProxy.Store.Moves.Api;
using MailProxy.Store.Tests.Engine;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static MailProxy.Store.Tests.Engine.TestStore;

namespace MailProxy.Store.Tests.Moves;

/// <summary>Staged copies of moves that were taken back while the target could not be reached.</summary>
public sealed class StagedSweepTests : IAsyncLifetime
{
    private const string Move = "m-1";
    private static readonly FenceTarget ToTarget = new("store-2", "store-2.test", 143, 110, 24);
    private static readonly TimeSpan Keep = new MoveOptions().StagedKeep;

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private MoveNode _source = null!;
    private MoveNode _target = null!;

    public async ValueTask InitializeAsync()
    {
        _source = await MoveNode.OpenAsync("store-1", _time);
        _target = await MoveNode.OpenAsync("store-2", _time);
        await _source.Store.DeliverAsync("first", Alice);
        await _target.PullWellAsync(Alice, Move, _source);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _source.DisposeAsync();
        await _target.DisposeAsync();
    }

    [Fact]
    public async Task A_copy_that_nobody_goes_on_with_goes_when_its_time_is_over_and_not_before()
    {
        _time.Advance(Keep - TimeSpan.FromSeconds(1));
        Assert.Equal(0, await SweepAsync());
        await _target.RestartAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, await SweepAsync());
        Assert.Null((await StateAsync()).Staged);
        await _target.Store.Engine.DrainGarbageAsync();
        Assert.Empty(_target.Store.MessageFiles());
        await _target.Store.DeliverAsync("a user of this store", Alice);
    }

    [Fact]
    public async Task A_pull_begins_its_time_anew()
    {
        _time.Advance(Keep - TimeSpan.FromSeconds(1));
        await _target.PullWellAsync(Alice, Move, _source);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(0, await SweepAsync());
        Assert.NotNull((await StateAsync()).Staged);
    }

    [Fact]
    public async Task A_copy_whose_user_the_source_has_fenced_for_this_move_stays_for_ever()
    {
        var hold = (await _source.Client.HoldAsync(Alice, new HoldRequest(Move, 60), Stop)).Hold!;
        await _target.PullWellAsync(Alice, Move, _source);
        await _source.Client.FenceAsync(Alice, new FenceRequest(Move, hold, ToTarget), Stop);
        _time.Advance(Keep * 10);
        Assert.Equal(0, await SweepAsync());
        await _target.Client.ActivateAsync(Alice, new ActivateRequest(Move, hold), Stop);
        await using var inbox = await _target.Store.MailboxAsync(Alice);
        Assert.Single(inbox.Snapshot.Messages);
    }

    [Fact]
    public async Task A_copy_whose_source_cannot_be_asked_stays()
    {
        await _source.DisposeAsync();
        _time.Advance(Keep * 2);
        Assert.Equal(0, await SweepAsync());
        Assert.Equal(Move, (await StateAsync()).Staged?.Move);
        _source = await MoveNode.OpenAsync("store-1", _time);
    }

    [Fact]
    public async Task A_store_looks_by_itself()
    {
        _target.Moves.Start();
        for (var hours = 0; hours < 30 && (await StateAsync()).Staged is not null; hours++)
        {
            _time.Advance(TimeSpan.FromHours(1));
            await MailProxy.Testing.Beat.WaitAsync(20);
        }

        Assert.Null((await StateAsync()).Staged);
    }

    private Task<int> SweepAsync() => _target.Moves.DropForgottenAsync(Stop);

    private Task<UserMoveState> StateAsync() => _target.Client.GetAsync(Alice, Stop);
}
