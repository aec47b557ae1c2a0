namespace MailProxy.Routing.Catalog;

/// <summary>What may be done with a store.</summary>
public enum StoreState
{
    /// <summary>Healthy: dial it.</summary>
    Online,

    /// <summary>The operator drains it: it still serves the users it has.</summary>
    Draining,

    /// <summary>Critical by its checks, or set offline: its users get a temporary failure at once.</summary>
    Offline,
}
