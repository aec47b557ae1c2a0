using MailProxy.Routing.Moves;
using MailProxy.Routing.Pins;

namespace MailProxy.Routing.Tests.Moves;

/// <summary>The right to drive the move of a <see cref="MoveWorld"/>.</summary>
internal sealed class MemoryMoveHandle(MoveWorld world) : IMoveHandle
{
    public MoveRecord Move { get; private set; } = world.Record!;

    public CancellationToken Lost => CancellationToken.None;

    public IReadOnlyList<string> Unconfirmed { get; set; } = [];

    public Task WriteAsync(MoveRecord next, CancellationToken cancellationToken)
    {
        world.Step($"write {next.Step}{(next.Undo ? " undo" : "")}", () =>
        {
            world.Record = next;
            if (!next.Undo)
            {
                world.Pin = next.Pin;
            }
        });
        Move = next;
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<string>> UnconfirmedAsync(CancellationToken cancellationToken) => Task.FromResult(Unconfirmed);

    public Task ForgetAsync(bool restore, CancellationToken cancellationToken)
    {
        world.Step("forget", () =>
        {
            world.Record = null;
            world.Pin = restore ? new Pin(Move.From) : world.Pin;
        });
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
