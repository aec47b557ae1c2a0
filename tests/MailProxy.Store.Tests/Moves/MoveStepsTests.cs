using System.Net;
using MailProxy.Store.Engine;
using MailProxy.Store.Moves.Api;
using MailProxy.Store.Tests.Engine;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static MailProxy.Store.Tests.Engine.TestStore;

namespace MailProxy.Store.Tests.Moves;

/// <summary>Which step may follow which, and that nobody is served by two stores or locked out by a command that died.</summary>
public sealed class MoveStepsTests : TwoStores
{
    private static readonly FenceTarget ToTarget = new("store-2", "store-2.test", 143, 110, 24);
    private static readonly FenceTarget ToSource = new("store-1", "store-1.test", 143, 110, 24);

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    protected override TimeProvider Clock => _time;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await Source.Store.DeliverAsync("first", Alice);
    }

    [Fact]
    public async Task A_hold_that_runs_out_serves_again_and_the_fence_is_refused_then()
    {
        var hold = await HoldAsync("m-1", 60);
        await RefusedAsync(StoreFaultKind.UserHeld, Source);
        var pulled = await Target.PullWellAsync(Alice, "m-1", Source);
        Assert.Equal(hold, pulled.Hold);

        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(hold, await HoldAsync("m-1", 60));
        _time.Advance(TimeSpan.FromSeconds(59));
        await RefusedAsync(StoreFaultKind.UserHeld, Source);
        _time.Advance(TimeSpan.FromSeconds(1));
        await Source.Store.DeliverAsync("in between", Alice);
        await ConflictAsync("pull once more", () => FenceAsync("m-1", hold));

        // Held again it is another hold: the copy that was complete under the first is not under this one.
        var second = await HoldAsync("m-1", 60);
        Assert.NotEqual(hold, second);
        await ConflictAsync("pull once more", () => FenceAsync("m-1", hold));
        Assert.Equal((second, 1L), await PullAsync("m-1"));
        await FenceAsync("m-1", second);
        _time.Advance(TimeSpan.FromDays(1));
        await RefusedAsync(StoreFaultKind.UserMoved, Source);
    }

    [Fact]
    public async Task A_source_that_restarts_forgets_holds_and_never_fences()
    {
        var hold = await HoldAsync("m-1", 60);
        await Target.PullWellAsync(Alice, "m-1", Source);
        await Source.RestartAsync();
        await Source.Store.DeliverAsync("served again", Alice);
        await ConflictAsync("pull once more", () => FenceAsync("m-1", hold));
        await FenceAsync("m-1", (await HoldAndPullAsync("m-1")).Hold);
        await Source.RestartAsync();
        await RefusedAsync(StoreFaultKind.UserMoved, Source);
    }

    [Fact]
    public async Task A_pull_is_complete_only_under_one_hold_from_begin_to_end()
    {
        Assert.Null((await Target.PullWellAsync(Alice, "m-1", Source)).Hold);
        await ConflictAsync("not complete", () => Target.Client.ActivateAsync(Alice, new ActivateRequest("m-1", "made-up"), Stop));
        await HoldAsync("m-1", 60);

        // Of another move: not ours.
        var other = await MoveNode.OpenAsync("store-3", _time);
        await using (other)
        {
            Assert.Null((await other.PullWellAsync(Alice, "m-2", Source)).Hold);
        }
    }

    [Fact]
    public async Task Two_moves_of_one_user_do_not_mix()
    {
        var hold = await HoldAsync("m-1", 60);
        await ConflictAsync("another move, 'm-1'", () => Source.Client.HoldAsync(Alice, new HoldRequest("m-2", 60), Stop));
        await ConflictAsync("another move, 'm-1'", () => Source.Client.ReleaseAsync(Alice, "m-2", Stop));
        await ConflictAsync("pull once more", () => FenceAsync("m-2", hold));
        await Target.PullWellAsync(Alice, "m-1", Source);
        await ConflictAsync("another move, 'm-1'", () => Target.Client.PullAsync(Alice, new PullRequest("m-2", Source.Address), Stop));
        await using (var third = await MoveNode.OpenAsync("store-3", _time))
        {
            var wrong = await Target.PullAsync(Alice, "m-1", third);
            Assert.Contains("drop the staged copy", wrong.Error, StringComparison.Ordinal);
        }

        Assert.Equal(hold, (await Target.PullWellAsync(Alice, "m-1", Source)).Hold);
        await ConflictAsync("another move, 'm-1'", () => Target.Client.DropStagedAsync(Alice, "m-2", Stop));
        await ConflictAsync("another move, 'm-1'", () => Target.Client.ActivateAsync(Alice, new ActivateRequest("m-2", hold), Stop));
        await FenceAsync("m-1", hold);
        await ConflictAsync("another move, 'm-1'", () => Source.Client.UnfenceAsync(Alice, "m-2", Stop));
        await ConflictAsync("another move, 'm-1'", () => Source.Client.PurgeLeftBehindAsync(Alice, "m-2", Stop));
        await ConflictAsync("another move, 'm-1'", () => Source.Client.HoldAsync(Alice, new HoldRequest("m-2", 60), Stop));
    }

    [Fact]
    public async Task Every_step_may_be_repeated()
    {
        var (hold, _) = await HoldAndPullAsync("m-1");
        for (var round = 0; round < 2; round++)
        {
            await FenceAsync("m-1", hold);
            Assert.Equal(UserServing.Fenced, (await Source.Client.HoldAsync(Alice, new HoldRequest("m-1", 60), Stop)).Serving);
        }

        // The command died behind the fence, and the copy was lost: a fenced user can still be pulled.
        await Target.Client.DropStagedAsync(Alice, "m-1", Stop);
        await Target.Client.DropStagedAsync(Alice, "m-1", Stop);
        Assert.Equal((hold, 1L), await PullAsync("m-1"));
        for (var round = 0; round < 2; round++)
        {
            await Target.Client.ActivateAsync(Alice, new ActivateRequest("m-1", hold), Stop);
            await Target.RestartAsync();
            await Source.Client.PurgeLeftBehindAsync(Alice, "m-1", Stop);
        }

        await ConflictAsync("brought", () => Target.Client.PullAsync(Alice, new PullRequest("m-1", Source.Address), Stop));
        await ConflictAsync("nothing to go back to", () => Source.Client.UnfenceAsync(Alice, "m-1", Stop));
    }

    [Fact]
    public async Task Giving_up_before_the_activation_leaves_the_source_as_it_was()
    {
        var before = await MailDump.OfAsync(Source.Store, Alice);
        var (hold, _) = await HoldAndPullAsync("m-1");
        await Source.Client.ReleaseAsync(Alice, "m-1", Stop);
        Assert.Equal(before, await MailDump.OfAsync(Source.Store, Alice));
        (hold, _) = await HoldAndPullAsync("m-1");
        await FenceAsync("m-1", hold);
        await Source.Client.UnfenceAsync(Alice, "m-1", Stop);
        await Target.Client.DropStagedAsync(Alice, "m-1", Stop);
        Assert.Equal(before, await MailDump.OfAsync(Source.Store, Alice));
        await Source.Store.DeliverAsync("goes on", Alice);
    }

    [Fact]
    public async Task Mail_that_no_move_left_behind_is_never_replaced()
    {
        await Target.Store.DeliverAsync("delivered here by mistake", Alice);
        await ConflictAsync("no finished move left behind", () => Target.Client.PullAsync(Alice, new PullRequest("m-1", Source.Address), Stop));
        await ConflictAsync("has not left this store", () => Source.Client.PurgeLeftBehindAsync(Alice, "m-1", Stop));
        await using var inbox = await Target.Store.MailboxAsync(Alice);
        Assert.Equal("delivered here by mistake", await ContentAsync(inbox, 1));
    }

    [Fact]
    public async Task A_user_who_comes_back_finds_the_latest_mail_and_not_what_was_left_behind()
    {
        await MoveAsync(Source, Target, "m-1", ToTarget);
        await Target.Store.DeliverAsync("at the second store", Alice);
        var latest = await MailDump.OfAsync(Target.Store, Alice);
        await MoveAsync(Target, Source, "m-2", ToSource);
        Assert.Equal(latest, await MailDump.OfAsync(Source.Store, Alice));
        await RefusedAsync(StoreFaultKind.UserMoved, Target);
        await Source.Store.Engine.DrainGarbageAsync();
        Assert.Equal(2, Source.Store.MessageFiles().Length);

        // A name that is made anew does not get a UIDVALIDITY that it had at the other store.
        await MoveAsync(Source, Target, "m-3", ToTarget);
        var mail = await Target.Store.Engine.OpenUserAsync(Alice, Stop);
        await using var before = await Target.Store.MailboxAsync(Alice, "Junk");
        await mail.DeleteAsync("Junk", Stop);
        await mail.CreateAsync("Junk", SpecialUse.Junk, Stop);
        await using var after = await Target.Store.MailboxAsync(Alice, "Junk");
        Assert.True(after.Snapshot.UidValidity > before.Snapshot.UidValidity);
    }

    [Theory]
    [InlineData("", "name the move")]
    [InlineData("a b", "name the move")]
    [InlineData("a/b", "name the move")]
    public async Task Bad_moves_are_refused(string move, string expected)
    {
        var error = await Assert.ThrowsAsync<StoreMoveException>(() => Source.Client.HoldAsync(Alice, new HoldRequest(move, 60), Stop));
        Assert.Equal(HttpStatusCode.BadRequest, error.Status);
        Assert.Contains(expected, error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("ftp://127.0.0.1/")]
    [InlineData("http://mail.example.org/")]
    [InlineData("https://user@127.0.0.1/")]
    [InlineData("https://127.0.0.1/elsewhere")]
    [InlineData("nonsense")]
    public async Task Bad_sources_are_refused(string from)
    {
        var error = await Assert.ThrowsAsync<StoreMoveException>(() => Target.Client.PullAsync(Alice, new PullRequest("m-1", from), Stop));
        Assert.Equal(HttpStatusCode.BadRequest, error.Status);
    }

    [Theory]
    [InlineData("store-1", "store-2.test")]
    [InlineData("store-2", "two words")]
    [InlineData("store-2", "[x]\r\n")]
    [InlineData("store-2", "")]
    public async Task Bad_targets_are_refused(string store, string host)
    {
        var hold = await HoldAsync("m-1", 60);
        var error = await Assert.ThrowsAsync<StoreMoveException>(() => Source.Client.FenceAsync(Alice, new FenceRequest("m-1", hold, new(store, host, 1, 2, 3)), Stop));
        Assert.Equal(HttpStatusCode.BadRequest, error.Status);
    }

    [Fact]
    public async Task Users_with_strange_names_move_too()
    {
        const string Strange = "a/b%2fc+d@example.org";
        await Source.Store.DeliverAsync("for a strange name", Strange);
        var progress = await Target.PullWellAsync(Strange, "m-1", Source);
        Assert.Equal(1L, progress.Messages);
        Assert.Equal(Strange, (await Target.Client.GetAsync(Strange, Stop)).User);
    }

    private static async Task ConflictAsync(string expected, Func<Task> step)
    {
        var error = await Assert.ThrowsAsync<StoreMoveException>(step);
        Assert.True(error.IsConflict, error.Message);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static async Task RefusedAsync(StoreFaultKind kind, MoveNode node)
    {
        Assert.Equal(kind, (await Assert.ThrowsAsync<StoreFaultException>(() => node.Store.DeliverAsync("refused", Alice))).Kind);
        Assert.Equal(kind, (await Assert.ThrowsAsync<StoreFaultException>(async () => await node.Store.Engine.OpenUserAsync(Alice, Stop))).Kind);
    }

    private static async Task MoveAsync(MoveNode from, MoveNode to, string move, FenceTarget target)
    {
        var hold = (await from.Client.HoldAsync(Alice, new HoldRequest(move, 60), Stop)).Hold!;
        await to.PullWellAsync(Alice, move, from);
        await from.Client.FenceAsync(Alice, new FenceRequest(move, hold, target), Stop);
        await to.Client.ActivateAsync(Alice, new ActivateRequest(move, hold), Stop);
    }

    private async Task<string> HoldAsync(string move, int seconds) =>
        (await Source.Client.HoldAsync(Alice, new HoldRequest(move, seconds), Stop)).Hold!;

    private async Task<(string Hold, long Messages)> PullAsync(string move)
    {
        var progress = await Target.PullWellAsync(Alice, move, Source);
        return (progress.Hold!, progress.Messages);
    }

    private async Task<(string Hold, long Messages)> HoldAndPullAsync(string move)
    {
        await HoldAsync(move, 60);
        return await PullAsync(move);
    }

    private Task<UserMoveState> FenceAsync(string move, string hold) => Source.Client.FenceAsync(Alice, new FenceRequest(move, hold, ToTarget), Stop);
}
