using MailProxy.Routing.Moves;
using MailProxy.Routing.Pins;
using Xunit;

namespace MailProxy.Routing.Tests.Moves;

public sealed class MoveMachineTests
{
    [Fact]
    public void The_old_store_is_fenced_before_the_new_one_is_activated_and_the_route_changes_last()
    {
        var order = Enum.GetValues<MoveStep>().SelectMany(MoveMachine.Actions).ToList();

        Assert.True(order.IndexOf(MoveAction.AwaitProxies) < order.IndexOf(MoveAction.HoldSource));
        Assert.True(order.IndexOf(MoveAction.CopyRest) < order.IndexOf(MoveAction.FenceSource));
        Assert.True(order.IndexOf(MoveAction.FenceSource) < order.IndexOf(MoveAction.Activate));
        Assert.All(Enum.GetValues<MoveStep>().Where(step => step < MoveStep.Finishing), step => Assert.Equal("store-1", Record(step).Pin.Store));
        Assert.Equal(new Pin("store-2"), Record(MoveStep.Finishing).Pin);
    }

    [Fact]
    public void A_user_is_on_hold_exactly_while_the_pin_says_so() =>
        Assert.All(Enum.GetValues<MoveStep>(), step => Assert.Equal(MoveMachine.IsHeld(step), Record(step).Pin.State == PinState.Held));

    [Fact]
    public void Taking_back_begins_with_the_copy_and_ends_with_the_route()
    {
        foreach (var step in Enum.GetValues<MoveStep>().Where(MoveMachine.MayUndo))
        {
            var actions = MoveMachine.UndoActions(step);
            Assert.Equal(MoveAction.DropCopy, actions[0]);
            Assert.Equal(MoveAction.Restore, actions[^1]);
            Assert.False(MoveMachine.IsCourtesy(MoveAction.Unfence, step));
        }

        Assert.False(MoveMachine.IsCourtesy(MoveAction.DropCopy, MoveStep.Activating));
        Assert.Throws<ArgumentOutOfRangeException>(() => MoveMachine.UndoActions(MoveStep.Finishing));
    }

    [Fact]
    public void Whoever_goes_on_at_the_fence_fetches_the_difference_again() =>
        Assert.Equal([MoveAction.HoldSource, MoveAction.CopyRest, MoveAction.FenceSource], MoveMachine.ResumeActions(MoveStep.Fencing));

    private static MoveRecord Record(MoveStep step) => new("m1", "alice@example.org", "store-1", "store-2", step, default, "test");
}
