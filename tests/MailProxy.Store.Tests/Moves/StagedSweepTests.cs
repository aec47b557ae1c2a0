using MailProxy.Store.Moves;
using MailProxy.Store.Moves.Api;
using MailProxy.Store.Tests.Engine;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static MailProxy.Store.Tests.Engine.TestStore;

namespace MailProxy.Store.Tests.Moves;

/// <summary>Staged copies of moves that were taken back while the target could not be reached.</summary>
public sealed class StagedSweepTests : TwoStores
{
    private const string Move = "m-1";
    private static readonly FenceTarget ToTarget = new("store-2", "store-2.test", 143, 110, 24);
    private static readonly TimeSpan Keep = new MoveOptions().StagedKeep;

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    protected override TimeProvider Clock => _time;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await Source.Store.DeliverAsync("first", Alice);
        await Target.PullWellAsync(Alice, Move, Source);
    }

    [Fact]
    public async Task A_copy_that_nobody_goes_on_with_goes_when_its_time_is_over_and_not_before()
    {
        _time.Advance(Keep - TimeSpan.FromSeconds(1));
        Assert.Equal(0, await SweepAsync());
        await Target.RestartAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, await SweepAsync());
        Assert.Null((await StateAsync()).Staged);
        await Target.Store.Engine.DrainGarbageAsync();
        Assert.Empty(Target.Store.MessageFiles());
        await Target.Store.DeliverAsync("a user of this store", Alice);
    }

    [Fact]
    public async Task A_pull_begins_its_time_anew()
    {
        _time.Advance(Keep - TimeSpan.FromSeconds(1));
        await Target.PullWellAsync(Alice, Move, Source);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(0, await SweepAsync());
        Assert.NotNull((await StateAsync()).Staged);
    }

    [Fact]
    public async Task A_copy_whose_user_the_source_has_fenced_for_this_move_stays_for_ever()
    {
        var hold = (await Source.Client.HoldAsync(Alice, new HoldRequest(Move, 60), Stop)).Hold!;
        await Target.PullWellAsync(Alice, Move, Source);
        await Source.Client.FenceAsync(Alice, new FenceRequest(Move, hold, ToTarget), Stop);
        _time.Advance(Keep * 10);
        Assert.Equal(0, await SweepAsync());
        await Target.Client.ActivateAsync(Alice, new ActivateRequest(Move, hold), Stop);
        await using var inbox = await Target.Store.MailboxAsync(Alice);
        Assert.Single(inbox.Snapshot.Messages);
    }

    [Fact]
    public async Task A_copy_whose_source_cannot_be_asked_stays()
    {
        await Source.DisposeAsync();
        _time.Advance(Keep * 2);
        Assert.Equal(0, await SweepAsync());
        Assert.Equal(Move, (await StateAsync()).Staged?.Move);
        Source = await MoveNode.OpenAsync("store-1", _time);
    }

    [Fact]
    public async Task A_store_looks_by_itself()
    {
        Target.Moves.Start();
        for (var hours = 0; hours < 30 && (await StateAsync()).Staged is not null; hours++)
        {
            _time.Advance(TimeSpan.FromHours(1));
            await MailProxy.Testing.Beat.WaitAsync(20);
        }

        Assert.Null((await StateAsync()).Staged);
    }

    private Task<int> SweepAsync() => Target.Moves.DropForgottenAsync(Stop);

    private Task<UserMoveState> StateAsync() => Target.Client.GetAsync(Alice, Stop);
}
