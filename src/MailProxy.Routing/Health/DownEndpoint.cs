using MailProxy.Routing.Catalog;

namespace MailProxy.Routing.Health;

/// <summary>An address whose breaker is open, and when it is looked at again.</summary>
internal sealed class DownEndpoint(StoreNode store, StoreService service, EndpointHealth endpoint)
{
    /// <summary>The store as the catalog knew it when the breaker opened.</summary>
    public StoreNode Store => store;

    /// <summary>What was asked for there.</summary>
    public StoreService Service => service;

    /// <summary>The address.</summary>
    public EndpointHealth Endpoint => endpoint;

    /// <summary>As a timestamp of the clock.</summary>
    public long NextProbe { get; set; }

    /// <summary>A probe is under way.</summary>
    public bool IsProbed { get; set; }
}
