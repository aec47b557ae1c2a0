using MailProxy.Routing.Moves;
using MailProxy.Routing.Pins;

namespace MailProxy.Moving.Many;

/// <summary>Moves one of many: begins their move, or goes on with the one that stands.</summary>
internal sealed class SingleRelocation(ManyContext context, ManyRequest request, TextWriter commentary)
{
    /// <summary>To the end, forwards or back.</summary>
    /// <exception cref="MoveException">It could not begin or go on.</exception>
    public async Task<MoveResult> RunAsync(Relocation one, IProgress<MoveProgress> progress, CancellationToken stop)
    {
        var pin = await context.Moves.PinAsync(one.User, stop);
        var id = pin?.Move ?? one.Standing;
        if (id is not null && await context.Moves.FindAsync(id, stop) is { } standing)
        {
            var mover = MoverToGoOn(standing.Move);
            await using var taken = await context.Moves.TakeOverAsync(id, ManyContext.Operator, stop);
            return await DriveAsync(taken, mover, progress, stop);
        }

        if (pin is { State: PinState.Active } && pin.Store == one.To)
        {
            // Moved by a run before this one.
            return new MoveResult(MoveOutcome.Moved, "", TimeSpan.Zero);
        }

        var move = new MoveRecord(Guid.NewGuid().ToString("N"), one.User, one.From, one.To, MoveStep.Copying, context.Time.GetUtcNow(), ManyContext.Operator)
        {
            Via = request.Via,
            Pinned = pin is not null,
            Planned = pin is { State: PinState.Active, Moving: not null, Move: null },
            Purge = request.Purge,
        };
        var stores = MoverFor(request.Via);
        await stores.CheckAsync(move, stop);
        await using var handle = await context.Moves.BeginAsync(move, stop);
        return await DriveAsync(handle, stores, progress, stop);
    }

    private Task<MoveResult> DriveAsync(IMoveHandle handle, IStoreMover stores, IProgress<MoveProgress> progress, CancellationToken stop) =>
        new MoveDriver(handle, stores, new MoveTimes { Hold = request.Hold }, context.Time, progress).RunAsync(stop);

    // What stands in Consul is never run.
    private IStoreMover MoverToGoOn(MoveRecord move) => move.Via is not null && request.Via is null && !move.Undo
        ? throw new MoveException($"their move copies by a command of {move.Operator}'s, '{move.Via}': repeat this with --via COMMAND")
        : MoverFor(move.Via is null ? null : request.Via ?? "");

    private IStoreMover MoverFor(string? via) => via is null ? new StoreApiMover(context.Clients, context.NodeOf) : new CommandMover(via, commentary);
}
