using MailProxy.Routing.Decisions;
using MailProxy.Routing.Moves;
using Xunit;

namespace MailProxy.Routing.Tests.Moves;

public sealed class MoveLedgerTests
{
    private const string Pin = "mailproxy/users/" + MoveCluster.Alice;

    [Fact]
    public async Task A_move_is_written_with_its_pin_and_its_hold_is_one_that_routers_know_as_a_moves()
    {
        await using var moves = await MoveCluster.StartAsync();
        var move = MoveCluster.NewMove();

        await using var handle = await moves.Ledger.BeginAsync(move, CancellationToken.None);
        var decision = await moves.Cluster.Router.WaitForAsync(MoveCluster.Alice, d => d.Reason == RouteReason.Pin);
        Assert.Equal(RouteOutcome.Routed, decision.Outcome);
        Assert.Equal("store-1", decision.StoreId);

        await handle.WriteAsync(move with { Step = MoveStep.Confirming }, CancellationToken.None);
        decision = await moves.Cluster.Router.WaitForAsync(MoveCluster.Alice, d => d.Outcome == RouteOutcome.Held);
        Assert.Equal(move.Id, decision.Move);

        await handle.WriteAsync(move with { Step = MoveStep.Finishing }, CancellationToken.None);
        await handle.ForgetAsync(restore: false, CancellationToken.None);
        Assert.Equal("store-2", await moves.ValueAsync(Pin));
        Assert.Null(await moves.ValueAsync($"mailproxy/moves/{move.Id}"));
    }

    [Fact]
    public async Task The_second_of_two_operators_hears_who_when_and_how_to_go_on()
    {
        await using var moves = await MoveCluster.StartAsync();
        var first = MoveCluster.NewMove();
        await using (await moves.Ledger.BeginAsync(first, CancellationToken.None))
        {
            var refused = await Assert.ThrowsAsync<MoveException>(() => moves.Ledger.BeginAsync(MoveCluster.NewMove(to: "store-9", by: "op@two"), CancellationToken.None));
            Assert.Contains("op@one", refused.Message, StringComparison.Ordinal);
            Assert.Contains("2026-11-27 12:00:00", refused.Message, StringComparison.Ordinal);
            Assert.Contains("still runs", refused.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<MoveException>(() => moves.Ledger.TakeOverAsync(first.Id, "op@two", CancellationToken.None));
        }

        var later = await Assert.ThrowsAsync<MoveException>(() => moves.Ledger.BeginAsync(MoveCluster.NewMove(by: "op@two"), CancellationToken.None));
        Assert.Contains("--resume", later.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_operators_at_the_same_moment_one_begins()
    {
        await using var moves = await MoveCluster.StartAsync();
        var attempts = Enumerable.Range(0, 8).Select(async number =>
        {
            try
            {
                return await moves.Ledger.BeginAsync(MoveCluster.NewMove(by: $"op@{number}"), CancellationToken.None);
            }
            catch (MoveException)
            {
                return null;
            }
        });

        var begun = (await Task.WhenAll(attempts)).OfType<IMoveHandle>().ToList();

        var handle = Assert.Single(begun);
        Assert.Equal(handle.Move.Id, Assert.Single(await moves.Ledger.ListAsync(CancellationToken.None)).Move.Id);
        await handle.DisposeAsync();
    }

    [Fact]
    public async Task A_dead_commands_move_is_taken_over_and_the_dead_one_can_write_no_more()
    {
        await using var moves = await MoveCluster.StartAsync();
        var move = MoveCluster.NewMove();
        await using var dead = await moves.Ledger.BeginAsync(move, CancellationToken.None);
        await dead.WriteAsync(move with { Step = MoveStep.Confirming }, CancellationToken.None);
        await moves.KillDriverAsync(move.Id);

        await using var mine = await moves.Ledger.TakeOverAsync(move.Id, "op@two", CancellationToken.None);

        Assert.Equal((MoveStep.Confirming, "op@two", 2), (mine.Move.Step, mine.Move.Operator, mine.Move.Epoch));
        var refused = await Assert.ThrowsAsync<MoveException>(() => dead.WriteAsync(move with { Step = MoveStep.Freezing }, CancellationToken.None));
        Assert.Contains("taken the move", refused.Message, StringComparison.Ordinal);
        Assert.Equal(MoveStep.Confirming, (await moves.Ledger.FindAsync(move.Id, CancellationToken.None))!.Move.Step);
        await mine.WriteAsync(mine.Move with { Step = MoveStep.Freezing }, CancellationToken.None);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("store-1")]
    public async Task Taking_back_leaves_the_pin_as_it_was(string? before)
    {
        await using var moves = await MoveCluster.StartAsync();
        if (before is not null)
        {
            await moves.Cluster.PutAsync(Pin, before);
        }

        await using var handle = await moves.Ledger.BeginAsync(MoveCluster.NewMove() with { Pinned = before is not null }, CancellationToken.None);
        await handle.WriteAsync(handle.Move with { Step = MoveStep.Confirming }, CancellationToken.None);
        await handle.WriteAsync(handle.Move with { Undo = true }, CancellationToken.None);
        await handle.ForgetAsync(restore: true, CancellationToken.None);

        Assert.Equal(before, await moves.ValueAsync(Pin));
    }

    [Fact]
    public async Task A_pin_that_somebody_changed_stops_the_move_before_the_end_and_can_be_taken_back()
    {
        await using var moves = await MoveCluster.StartAsync();
        var move = MoveCluster.NewMove();
        await using var handle = await moves.Ledger.BeginAsync(move, CancellationToken.None);
        await moves.Cluster.PutAsync(Pin, "store-2");

        var refused = await Assert.ThrowsAsync<MoveException>(() => handle.WriteAsync(move with { Step = MoveStep.Confirming }, CancellationToken.None));
        Assert.Contains("names store-2 now", refused.Message, StringComparison.Ordinal);
        await handle.WriteAsync(move with { Undo = true }, CancellationToken.None);
        await handle.ForgetAsync(restore: true, CancellationToken.None);
        Assert.Equal("store-2", await moves.ValueAsync(Pin));
    }

    [Theory]
    [InlineData("{\"store\":\"store-1\",\"state\":\"held\"}", "on hold")]
    [InlineData("store-3", "store-3")]
    [InlineData("not a store", "no pin")]
    public async Task A_user_who_is_not_simply_there_is_not_moved(string pin, string part)
    {
        await using var moves = await MoveCluster.StartAsync();
        await moves.Cluster.PutAsync(Pin, pin);

        var refused = await Assert.ThrowsAsync<MoveException>(() => moves.Ledger.BeginAsync(MoveCluster.NewMove(), CancellationToken.None));

        Assert.Contains(part, refused.Message, StringComparison.Ordinal);
        Assert.Equal(pin, await moves.ValueAsync(Pin));
        Assert.Empty(await moves.Ledger.ListAsync(CancellationToken.None));
    }
}
