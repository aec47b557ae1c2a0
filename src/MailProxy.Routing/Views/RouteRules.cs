using MailProxy.Routing.Catalog;
using MailProxy.Routing.Decisions;
using MailProxy.Routing.Pins;
using MailProxy.Routing.Slots;

namespace MailProxy.Routing.Views;

/// <summary>
/// The order of precedence: pin, directory home, domain, slot. The first rule that names a store decides, whatever becomes of that store:
/// falling through to the next rule would serve one user from two stores.
/// </summary>
internal static class RouteRules
{
    /// <summary>Decides for a user from one view.</summary>
    /// <param name="view">The view.</param>
    /// <param name="prefix">First segment of the keys, for the detail.</param>
    /// <param name="user">Canonical user name.</param>
    /// <param name="directoryHome">The directory's home attribute; null or empty: none.</param>
    public static RouteDecision Decide(RoutingView view, string prefix, string user, string? directoryHome)
    {
        if (view.Loaded != ViewParts.All)
        {
            return new RouteDecision(RouteOutcome.NotLoaded, null, null, RouteReason.None, "nothing was loaded from Consul yet");
        }

        return ByPin(view, prefix, user) ?? ByHome(view, directoryHome) ?? ByDomain(view, prefix, user) ?? BySlot(view, user)
            ?? new RouteDecision(RouteOutcome.NoRoute, null, null, RouteReason.None, "no pin, no home in the directory, no store of the domain, no slot table");
    }

    /// <summary>The same rules, each asked for itself.</summary>
    public static IReadOnlyList<RuleLook> Explain(RoutingView view, string prefix, string user, string? directoryHome)
    {
        var decides = view.Loaded == ViewParts.All;
        return
        [
            Look(RouteReason.Pin, $"{prefix}/users/{user}", ByPin(view, prefix, user)),
            Look(RouteReason.DirectoryHome, "home in the directory", ByHome(view, directoryHome)),
            Look(RouteReason.Domain, $"{prefix}/domains/{DomainOf(user)}", ByDomain(view, prefix, user)),
            Look(RouteReason.Slot, view.Slots is { } slots ? $"slot {SlotHash.SlotOf(user, slots.Count)} of {slots.Count}" : $"{prefix}/slots", BySlot(view, user)),
        ];

        RuleLook Look(RouteReason rule, string key, RouteDecision? decision)
        {
            var isFirst = decides && decision is not null;
            decides &= decision is null;
            return new RuleLook(rule, key, SaysOf(decision), isFirst);
        }
    }

    private static string SaysOf(RouteDecision? decision) => decision switch
    {
        null => "nothing",
        { StoreId: null } => "no store",
        { Outcome: RouteOutcome.Held } => $"{decision.StoreId}, held",
        { Store: null } => $"{decision.StoreId}, which the catalog does not have",
        { Store: { } store } => $"{store.Id}, {store.State.ToString().ToLowerInvariant()}{(store.StateDetail.Length > 0 ? $" ({store.StateDetail})" : "")}",
    };

    private static string DomainOf(string user) => user[(user.LastIndexOf('@') + 1)..];

    private static RouteDecision? ByPin(RoutingView view, string prefix, string user) =>
        view.Pins.TryGetValue(user, out var pin) ? FromPin(view, $"pin {prefix}/users/{user}", pin) : null;

    private static RouteDecision? ByHome(RoutingView view, string? directoryHome) =>
        string.IsNullOrEmpty(directoryHome) ? null : ToStore(view, directoryHome, RouteReason.DirectoryHome, "home in the directory");

    private static RouteDecision? ByDomain(RoutingView view, string prefix, string user) =>
        DomainOf(user) is var domain && domain.Length != user.Length && view.Domains.TryGetValue(domain, out var store)
            ? ToStore(view, store, RouteReason.Domain, $"domain {prefix}/domains/{domain}")
            : null;

    private static RouteDecision? BySlot(RoutingView view, string user) => view.Slots is { } slots ? FromSlot(view, slots, user) : null;

    private static RouteDecision FromPin(RoutingView view, string detail, Pin pin)
    {
        if (pin.State == PinState.Active)
        {
            return ToStore(view, pin.Store, RouteReason.Pin, detail);
        }

        var moving = pin.Moving is null ? "" : $", moving to {pin.Moving}";
        return new RouteDecision(RouteOutcome.Held, pin.Store, view.Stores.GetValueOrDefault(pin.Store), RouteReason.Pin, $"{detail}: held{moving}")
        {
            Move = pin.Move,
        };
    }

    private static RouteDecision FromSlot(RoutingView view, SlotTable slots, string user)
    {
        var slot = SlotHash.SlotOf(user, slots.Count);
        var detail = $"slot {slot} of {slots.Count}";
        return slots.StoreOf(slot) is { } store
            ? ToStore(view, store, RouteReason.Slot, detail)
            : new RouteDecision(RouteOutcome.NoRoute, null, null, RouteReason.Slot, $"{detail} belongs to no store");
    }

    private static RouteDecision ToStore(RoutingView view, string id, RouteReason reason, string detail)
    {
        if (!view.Stores.TryGetValue(id, out var store))
        {
            return new RouteDecision(RouteOutcome.NoRoute, id, null, reason, $"{detail} names {id}, which the catalog does not have");
        }

        var outcome = store.State == StoreState.Offline ? RouteOutcome.StoreOffline : RouteOutcome.Routed;
        return new RouteDecision(outcome, id, store, reason, detail);
    }
}
