using MailProxy.Routing.Decisions;

namespace MailProxy.Proxy.Route;

/// <summary>Whether what was decided for a user still holds.</summary>
internal static class RouteDrift
{
    /// <summary>
    /// A move holds the user, or they live elsewhere now. A user on an operator's own hold, or without any route, stays where they are.
    /// </summary>
    /// <param name="now">The decision of this moment.</param>
    /// <param name="store">The store that was decided on before.</param>
    /// <param name="referredBy">The store that sent the user on there, and that the rules still named then; null: none did.</param>
    public static bool HasMoved(RouteDecision now, string store, string? referredBy = null) =>
        now.Move is not null || (now.StoreId is not null && now.StoreId != store && now.StoreId != referredBy);
}
