using MailProxy.Routing.Consul.Plans;
using MailProxy.Routing.Slots;

namespace MailProxy.Moving.Many;

/// <summary>Deletes the pins that say the same as the slot of their user, so that pins stay exceptions. Only those of users whom this command moved by their slot: an operator's own pins stay.</summary>
internal sealed class PinTidying(ManyContext context)
{
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    /// <summary>Looks at the users who were moved since the last time.</summary>
    public async Task TidyAsync(IEnumerable<Relocation> done, CancellationToken stop)
    {
        var moved = done.Where(one => one is { IsBySlot: true, HasHome: false } && _seen.Add(one.User)).ToList();
        if (moved.Count == 0 || (await context.Routes.Slots.ReadAsync(stop)).Table is not { } table)
        {
            return;
        }

        var pins = await context.Routes.Pins.ListAsync(stop);
        var redundant = new List<KeyValuePair<string, PinEntry>>();
        foreach (var one in moved)
        {
            if (pins.TryGetValue(one.User, out var pin) && pin.IsPlain && pin.Pin.Store == table.StoreOf(SlotHash.SlotOf(one.User, table.Count)))
            {
                redundant.Add(KeyValuePair.Create(one.User, pin));
            }
        }

        await context.Routes.Pins.DropAsync(redundant, stop);
    }
}
