using MailProxy.Routing.Plans;
using MailProxy.Routing.Consul.Plans;
using MailProxy.Routing.Decisions;
using MailProxy.Routing.Slots;

namespace MailProxy.Moving.Many;

/// <summary>Who goes where when a store is emptied. Pure.</summary>
/// <param name="Slots">The slots that change hands.</param>
/// <param name="Others">Users who do not live there by their slot: by a pin, the directory or their domain.</param>
/// <param name="Refused">Who cannot be moved.</param>
internal sealed record DrainPlan(IReadOnlyList<SlotMove> Slots, IReadOnlyList<Relocation> Others, IReadOnlyList<Resident> Refused)
{
    /// <summary>Makes it.</summary>
    /// <param name="residents">Everybody at the store.</param>
    /// <param name="store">The store.</param>
    /// <param name="table">The slot table; null: there is none.</param>
    /// <param name="pins">By user.</param>
    /// <param name="weights">Of the stores that take.</param>
    public static DrainPlan Of(
        IReadOnlyList<Resident> residents, string store, SlotTable? table, IReadOnlyDictionary<string, PinEntry> pins, IReadOnlyDictionary<string, int> weights)
    {
        var slots = table is null ? [] : SlotPlanner.Evacuate(table, store, weights);
        var able = residents.Where(resident => resident.Problem is null).ToList();
        var planned = able.Where(resident => PlannedTo(resident) is not null).Select(resident => Relocate(resident, PlannedTo(resident)!, isBySlot: true)).ToList();
        var others = able.Where(resident => resident.Decision.Reason != RouteReason.Slot && PlannedTo(resident) is null).ToList();
        var homes = TargetSpread.Spread(others.Select(resident => (resident.User, resident.Octets)), weights);
        return new DrainPlan(
            slots, [.. planned, .. others.Select(resident => Relocate(resident, homes[resident.User], isBySlot: false))], [.. residents.Where(resident => resident.Problem is not null)]);

        // By a run before this one, whose slots have changed hands.
        string? PlannedTo(Resident resident) =>
            pins.TryGetValue(resident.User, out var pin) && pin.IsPlanned && weights.GetValueOrDefault(pin.Pin.Moving!) > 0 ? pin.Pin.Moving : null;
    }

    private static Relocation Relocate(Resident resident, string to, bool isBySlot) => new(resident.User, resident.Store, to)
    {
        Messages = resident.Messages, Octets = resident.Octets, IsBySlot = isBySlot, HasHome = resident.Home is not null,
    };
}
