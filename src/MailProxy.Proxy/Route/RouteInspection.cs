using System.Globalization;
using MailProxy.Directory;
using MailProxy.Proxy.Connect;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Routing;
using MailProxy.Routing.Catalog;
using MailProxy.Routing.Decisions;

namespace MailProxy.Proxy.Route;

/// <summary>Tells how a session of a user would be routed: it asks what sessions ask.</summary>
public static class RouteInspection
{
    /// <summary>Nothing is dialled.</summary>
    /// <param name="router">With a view.</param>
    /// <param name="stores">The proxy's.</param>
    /// <param name="user">As the directory knows the user.</param>
    /// <param name="protocol">The client's.</param>
    public static RouteReport Inspect(IRouter router, StoreLegOptions stores, DirectoryUser user, MailProtocol protocol)
    {
        ArgumentNullException.ThrowIfNull(router);
        ArgumentNullException.ThrowIfNull(user);
        var addressing = new StoreAddressing(router, stores);
        var home = addressing.HomeOf(user, protocol);
        var decision = addressing.Complete(router.Route(user.Name, home), user, home, protocol);
        var (dial, tls, login, problem) = decision.Store is { } store ? LegTo(store, stores, user.Name, protocol) : default;
        return new RouteReport(
            user.Name, ProtocolNames.Of(protocol), home, router.Explain(user.Name, home), decision.Outcome, decision.Detail, decision.StoreId,
            decision.Store is { } known ? $"{known.State.ToString().ToLowerInvariant()}{(known.StateDetail.Length > 0 ? $" ({known.StateDetail})" : "")}" : null,
            dial, tls, login, decision.Store is { } addressed ? AddressesOf(addressed, user.Name, protocol) : [], ProblemOf(decision) ?? problem);
    }

    private static (string? Dial, string? Tls, string? Login, string? Problem) LegTo(
        StoreNode store, StoreLegOptions stores, string user, MailProtocol protocol)
    {
        if (!StoreConnector.TryFindDoor(store, protocol, out var door, out var port))
        {
            return (null, null, null, $"{store.Id} offers no port for {ProtocolNames.Of(protocol)}: look at its meta keys in the catalog");
        }

        // The one that a session of this user would try first.
        var endpoint = CandidateOrder.Of(store, door.Service, user) is [var first, ..] ? first.For(door.Service) : null;
        var login = protocol is MailProtocol.Mx or MailProtocol.Lmtp ? "lmtp" : StoreLoginMethods.Of(store, stores.Login)?.ToString().ToLowerInvariant();
        return (
            endpoint?.ToString() ?? string.Create(CultureInfo.InvariantCulture, $"{store.Address}:{port}"), door.IsImplicit ? "implicit" : store.Tls.ToString().ToLowerInvariant(), login,
            login is null ? $"{store.Id} asks for the login method '{store.Login}', which is none of ours" : null);
    }

    private static AddressLook[] AddressesOf(StoreNode store, string user, MailProtocol protocol)
    {
        if (!StoreConnector.TryFindDoor(store, protocol, out var door, out _))
        {
            return [];
        }

        var first = CandidateOrder.Of(store, door.Service, user);
        return
        [
            .. first.Concat(store.Candidates.Except(first)).Select(candidate => new AddressLook(
                candidate.For(door.Service)?.ToString() ?? candidate.Address, candidate.Weight, candidate.IsOut,
                candidate.For(door.Service) is null ? $"offers no {ProtocolNames.Of(protocol)}" : candidate.Detail)),
        ];
    }

    private static string? ProblemOf(RouteDecision decision) => decision.Outcome switch
    {
        RouteOutcome.Routed => null,
        RouteOutcome.Held => "logins wait: the user is on hold",
        RouteOutcome.StoreOffline => "logins hear a temporary failure: the store is offline",
        RouteOutcome.NotLoaded => "nothing was loaded from Consul",
        _ => "logins hear a temporary failure: there is no route",
    };
}
