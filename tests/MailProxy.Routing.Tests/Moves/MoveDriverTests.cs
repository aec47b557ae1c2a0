using MailProxy.Routing.Moves;
using MailProxy.Routing.Pins;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MailProxy.Routing.Tests.Moves;

public sealed class MoveDriverTests
{
    // One copy ahead, however slow the machine is: the others have a test of their own.
    private static readonly MoveTimes Times = new() { Hold = TimeSpan.FromSeconds(20), Retry = TimeSpan.Zero, Look = TimeSpan.FromMilliseconds(5), Rounds = 1 };

    [Fact]
    public async Task A_move_holds_copies_fences_activates_and_changes_the_route_in_this_order()
    {
        var world = Begun();

        var result = await RunAsync(world);

        Assert.Equal(MoveOutcome.Moved, result.Outcome);
        Assert.Equal(
            ["copy", "write Confirming", "write Freezing", "hold", "copy", "write Fencing", "fence", "write Activating", "activate", "write Finishing", "forget"],
            world.Done);
        AssertLivesAt(world, "store-2");
    }

    [Theory]
    [InlineData(new[] { 0.4 }, 1)]
    [InlineData(new[] { 0.5, 0.4 }, 2)]
    [InlineData(new[] { 41, 2, 0.3 }, 3)]
    [InlineData(new[] { 9.0, 9, 9, 9, 9, 9, 9 }, 5)]
    public async Task What_came_during_a_copy_is_copied_again_before_the_hold_until_a_copy_is_short(double[] seconds, int copies)
    {
        var world = Begun();
        var time = new FakeTimeProvider();
        world.BeforeCopy = number => time.Advance(TimeSpan.FromSeconds(number < seconds.Length ? seconds[number] : 0));
        await using var handle = new MemoryMoveHandle(world);
        await new MoveDriver(handle, world, new MoveTimes(), time, new DirectProgress<MoveProgress>(_ => { })).RunAsync(CancellationToken.None);
        Assert.Equal(copies, world.Done.TakeWhile(step => step == "copy").Count());
        Assert.Equal("write Confirming", world.Done[copies]);
        AssertLivesAt(world, "store-2");
    }

    // A crash at every operation of every run, done or undone, then another at every operation of the run that goes on or takes back, then none.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whenever_the_command_dies_the_next_run_leaves_the_user_at_one_store_with_all_mail(bool losesHold)
    {
        var runs = 0;
        for (var first = 1; first <= 12; first++)
        {
            for (var second = 0; second <= 12; second++)
            {
                foreach (var (firstAfter, secondAfter, firstAborts, secondAborts) in Combinations())
                {
                    var world = Begun();
                    await DieAsync(world, first, firstAfter, isAbort: false, losesHold);
                    await DieAsync(world, second, secondAfter, firstAborts, losesHold);
                    world.NextRun();
                    if (world.Record is not null)
                    {
                        await RunAsync(world, secondAborts);
                    }

                    AssertLivesAt(world, world.TargetServes ? "store-2" : "store-1");
                    runs++;
                }
            }
        }

        Assert.Equal(12 * 13 * 16, runs);
    }

    [Fact]
    public async Task A_move_that_is_aborted_after_the_new_store_has_taken_over_is_finished_instead()
    {
        var world = Begun();
        await DieAsync(world, crashAt: 9, crashAfter: true, isAbort: false, losesHold: false);
        Assert.Equal(MoveStep.Activating, world.Record!.Step);
        Assert.True(world.TargetServes);

        world.NextRun();
        var result = await RunAsync(world, isAbort: true);

        Assert.Equal(MoveOutcome.Moved, result.Outcome);
        AssertLivesAt(world, "store-2");
    }

    [Fact]
    public async Task A_copy_that_fails_before_the_fence_is_taken_back_with_the_reason()
    {
        var world = Begun();
        world.Faults["copy"] = 1;

        var result = await RunAsync(world);

        Assert.Equal(MoveOutcome.TakenBack, result.Outcome);
        Assert.Equal("copy does not work", result.Reason);
        AssertLivesAt(world, "store-1");
    }

    [Fact]
    public async Task A_new_store_that_restarts_at_the_last_moment_is_asked_again()
    {
        var world = Begun();
        world.Faults["activate"] = 3;
        world.Faults["fence"] = 2;

        Assert.Equal(MoveOutcome.Moved, (await RunAsync(world)).Outcome);
        AssertLivesAt(world, "store-2");
    }

    [Fact]
    public async Task A_copy_that_cannot_be_dropped_does_not_keep_a_move_from_being_taken_back_before_it_could_be_active()
    {
        var world = Begun();
        await DieAsync(world, crashAt: 5, crashAfter: true, isAbort: false, losesHold: false);
        Assert.Equal(MoveStep.Freezing, world.Record!.Step);
        world.NextRun();
        world.Faults["drop"] = 1;

        Assert.Equal(MoveOutcome.TakenBack, (await RunAsync(world, isAbort: true)).Outcome);
        AssertLivesAt(world, "store-1");
    }

    [Fact]
    public async Task Once_it_may_be_active_a_copy_that_cannot_be_dropped_stops_the_taking_back()
    {
        var world = Begun();
        await DieAsync(world, crashAt: 8, crashAfter: true, isAbort: false, losesHold: false);
        Assert.Equal(MoveStep.Activating, world.Record!.Step);
        world.NextRun();
        world.Faults["drop"] = 1;

        await Assert.ThrowsAsync<MoveException>(() => RunAsync(world, isAbort: true));
        Assert.NotNull(world.Record);
        Assert.Equal(PinState.Held, world.Pin.State);
        Assert.False(world.SourceServes || world.TargetServes);
    }

    // The command dies in the moment in which it sends the fence; the fence is slow, and comes while somebody else takes the move back.
    [Theory]
    [InlineData("drop")]
    [InlineData("release")]
    [InlineData("unfence")]
    public async Task A_fence_of_a_dead_command_that_comes_late_does_not_lock_the_user_out(string after)
    {
        var world = Begun();
        await DieAsync(world, crashAt: 7, crashAfter: false, isAbort: false, losesHold: false);
        Assert.Equal(MoveStep.Fencing, world.Record!.Step);
        world.NextRun();
        world.FenceLate(after);

        Assert.Equal(MoveOutcome.TakenBack, (await RunAsync(world, isAbort: true)).Outcome);
        AssertLivesAt(world, "store-1");
    }

    [Fact]
    public async Task Once_a_fence_may_be_on_its_way_a_hold_that_cannot_be_ended_stops_the_taking_back()
    {
        var world = Begun();
        await DieAsync(world, crashAt: 7, crashAfter: false, isAbort: false, losesHold: false);
        world.NextRun();
        world.Faults["release"] = 1;

        await Assert.ThrowsAsync<MoveException>(() => RunAsync(world, isAbort: true));
        Assert.NotNull(world.Record);
        Assert.Equal(MoveOutcome.TakenBack, (await RunAsync(world, isAbort: true)).Outcome);
        AssertLivesAt(world, "store-1");
    }

    [Fact]
    public async Task A_proxy_that_does_not_confirm_in_time_is_named_and_the_move_is_taken_back()
    {
        var world = Begun();
        var handle = new MemoryMoveHandle(world) { Unconfirmed = ["proxy-7"] };
        var driver = new MoveDriver(handle, world, Times with { Hold = TimeSpan.FromMilliseconds(50) }, TimeProvider.System, new DirectProgress<MoveProgress>(_ => { }));

        var result = await driver.RunAsync(CancellationToken.None);

        Assert.Equal(MoveOutcome.TakenBack, result.Outcome);
        Assert.Contains("missing: proxy-7", result.Reason, StringComparison.Ordinal);
        AssertLivesAt(world, "store-1");
    }

    [Fact]
    public async Task What_is_left_behind_is_deleted_only_when_asked_for_and_only_at_the_end()
    {
        var world = Begun();
        world.Record = world.Record! with { Purge = true };

        await RunAsync(world);

        Assert.Equal(["write Finishing", "purge", "forget"], world.Done.TakeLast(3));
        Assert.Empty(world.SourceMail);
    }

    private static IEnumerable<(bool FirstAfter, bool SecondAfter, bool FirstAborts, bool SecondAborts)> Combinations() =>
        Enumerable.Range(0, 16).Select(bits => ((bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0));

    private static MoveWorld Begun()
    {
        var world = new MoveWorld { Record = new MoveRecord("m1", "alice@example.org", "store-1", "store-2", MoveStep.Copying, default, "test") { Pinned = true } };
        world.Pin = world.Record.Pin;
        return world;
    }

    private static async Task DieAsync(MoveWorld world, int crashAt, bool crashAfter, bool isAbort, bool losesHold)
    {
        if (world.Record is null || crashAt == 0)
        {
            return;
        }

        world.NextRun(crashAt, crashAfter);
        try
        {
            await RunAsync(world, isAbort);
        }
        catch (CrashException)
        {
            Assert.False(world.SourceServes && world.TargetServes);
        }

        if (losesHold)
        {
            world.LoseHold();
        }
    }

    private static async Task<MoveResult> RunAsync(MoveWorld world, bool isAbort = false)
    {
        await using var handle = new MemoryMoveHandle(world);
        if (isAbort && !handle.Move.Undo && MoveMachine.MayUndo(handle.Move.Step))
        {
            await handle.WriteAsync(handle.Move with { Undo = true }, CancellationToken.None);
        }

        return await new MoveDriver(handle, world, Times with { Hold = TimeSpan.FromMilliseconds(isAbort ? 1 : 20_000) }, TimeProvider.System, new DirectProgress<MoveProgress>(_ => { }))
            .RunAsync(CancellationToken.None);
    }

    private static void AssertLivesAt(MoveWorld world, string store)
    {
        Assert.Null(world.Record);
        Assert.Equal(new Pin(store), world.Pin);
        Assert.Equal(store == "store-1", world.SourceServes);
        Assert.Equal(store == "store-2", world.TargetServes);
        Assert.Equal(Enumerable.Range(1, world.Taken), (store == "store-1" ? world.SourceMail : world.TargetMail!).Order());
    }
}
