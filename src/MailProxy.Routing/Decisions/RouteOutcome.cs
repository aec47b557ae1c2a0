namespace MailProxy.Routing.Decisions;

/// <summary>Whether a user can be sent anywhere.</summary>
public enum RouteOutcome
{
    /// <summary>To <see cref="RouteDecision.Store"/>.</summary>
    Routed,

    /// <summary>The user is on hold: wait for a change, then ask again.</summary>
    Held,

    /// <summary>No rule names a store, or it names one that the catalog does not have.</summary>
    NoRoute,

    /// <summary>The home store is known and offline.</summary>
    StoreOffline,

    /// <summary>Nothing was ever loaded from Consul.</summary>
    NotLoaded,
}
