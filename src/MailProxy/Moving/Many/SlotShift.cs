using MailProxy.Routing.Consul.Plans;
using MailProxy.Routing.Decisions;
using MailProxy.Routing.Moves;
using MailProxy.Routing.Slots;

namespace MailProxy.Moving.Many;

/// <summary>
/// Gives slots to other stores while nobody in them notices: whoever lives there by the slot gets a pin that keeps them where they are, every proxy goes by
/// these pins, then the table changes, and every proxy goes by that. From then on new users of the slots appear at the new store, and the old ones are moved one by one.
/// </summary>
internal sealed class SlotShift(ManyContext context, ResidentList residents)
{
    // A proxy reads a change within a fraction of a second and tells of it within another second; Consul electing a leader takes 17.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Shifts these; everybody whose turn to move comes by it, newcomers among them.</summary>
    /// <param name="moves">Which slots go where.</param>
    /// <param name="weights">To be remembered in the table; null: as they are.</param>
    /// <param name="known">Residents of the stores that give, as they were listed before.</param>
    /// <param name="stop">Stops between two writes; pins that were written stay, and do no harm.</param>
    public async Task<IReadOnlyList<Relocation>> ShiftAsync(
        IReadOnlyList<SlotMove> moves, IReadOnlyDictionary<string, int>? weights, IReadOnlyCollection<Resident> known, CancellationToken stop)
    {
        var (table, index) = await context.Routes.Slots.ReadAsync(stop);
        RequireSame(table, moves);
        var targets = moves.ToDictionary(move => move.Slot, move => move.To);
        Relocation? TurnOf(Resident resident) =>
            resident is { Problem: null, Decision.Reason: RouteReason.Slot } && targets.TryGetValue(SlotHash.SlotOf(resident.User, table!.Count), out var to) && to != resident.Store
                ? new Relocation(resident.User, resident.Store, to) { Messages = resident.Messages, Octets = resident.Octets, IsBySlot = true }
                : null;

        // Most of the pins beforehand, so that newcomers wait for a moment only.
        var turns = known.Select(TurnOf).OfType<Relocation>().ToDictionary(turn => turn.User, StringComparer.Ordinal);
        var pins = await PinAsync(turns.Values, stop);
        var givers = residents.AsksStores ? moves.Select(move => move.From).OfType<string>().Distinct(StringComparer.Ordinal).ToList() : [];
        await using var closed = await ClosedStores.CloseAsync(context, givers, stop);
        var late = new List<Relocation>();
        foreach (var giver in givers)
        {
            var there = await residents.ReadAsync(giver, withSizes: false, stop);
            late.AddRange(there.Select(TurnOf).OfType<Relocation>().Where(turn => turns.TryAdd(turn.User, turn)));
        }

        pins = Math.Max(pins, await PinAsync(late, stop));
        await context.Routes.Proxies.AwaitAsync(pins, 0, Patience, stop);
        closed.MustHold();
        index = await context.Routes.Slots.WriteAsync(table!.With(moves, weights), index, stop);
        await context.Routes.Proxies.AwaitAsync(pins, index, Patience, stop);
        return [.. turns.Values];
    }

    private static void RequireSame(SlotTable? table, IReadOnlyList<SlotMove> moves)
    {
        foreach (var move in moves)
        {
            if (table is null || move.Slot >= table.Count || table.StoreOf(move.Slot) != move.From)
            {
                throw new MoveException("Somebody else has changed the slot table since this was planned. Repeat the command to plan with the new one.");
            }
        }
    }

    // With nobody to pin too: every proxy must go by the pins that a run before this one wrote and that has died since.
    private Task<ulong> PinAsync(IReadOnlyCollection<Relocation> turns, CancellationToken stop) =>
        context.Routes.Pins.PlanAsync([.. turns.Select(turn => new PlannedUser(turn.User, turn.From, turn.To))], stop);
}
