using MailProxy.Routing.Catalog;

namespace MailProxy.Routing.Health;

/// <summary>Looks whether an address of a store is of use again, at nobody's expense.</summary>
public interface IStoreProbe
{
    /// <summary>Dials, reads the greeting, begins TLS where the leg has it, and says goodbye. Null: all well; otherwise what is wrong, for people. Never throws but when cancelled.</summary>
    /// <param name="store">The store as the catalog knew it.</param>
    /// <param name="service">What is asked for there.</param>
    /// <param name="endpoint">The address and port.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<string?> ProbeAsync(StoreNode store, StoreService service, EndpointHealth endpoint, CancellationToken cancellationToken);
}
