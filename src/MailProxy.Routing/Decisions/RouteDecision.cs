using MailProxy.Routing.Catalog;

namespace MailProxy.Routing.Decisions;

/// <summary>The decision "this user -> this store", with the reason for it.</summary>
/// <param name="Outcome">Whether there is somewhere to go.</param>
/// <param name="StoreId">The store that the rule names; null when none did.</param>
/// <param name="Store">The node to dial when Routed (also given when StoreOffline).</param>
/// <param name="Reason">Which rule decided.</param>
/// <param name="Detail">One phrase for logs and <c>mailproxy route</c>, e.g. <c>pin mailproxy/users/bob@example.org</c> or <c>slot 1017 of 4096</c>.</param>
public sealed record RouteDecision(RouteOutcome Outcome, string? StoreId, StoreNode? Store, RouteReason Reason, string Detail)
{
    /// <summary>Id of the move that holds the user; null: nothing moves, or the hold is an operator's own.</summary>
    public string? Move { get; init; }

    /// <summary>The store that the rule names, where that store itself sent the session on to <see cref="StoreId"/>; null: it did not.</summary>
    public string? ReferredBy { get; init; }
}
