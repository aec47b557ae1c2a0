using MailProxy.Routing.Catalog;

namespace MailProxy.Routing.Consul.Registration;

/// <summary>What a store tells Consul about itself.</summary>
public sealed record StoreRegistrationOptions
{
    /// <summary>Store id, unique in the cluster; also the id of the Consul service.</summary>
    public required string StoreId { get; init; }

    /// <summary>Host name or IP address where proxies dial it.</summary>
    public required string Address { get; init; }

    /// <summary>Ports by service; what is absent is not offered.</summary>
    public required IReadOnlyDictionary<StoreService, int> Ports { get; init; }

    /// <summary>How the leg to it is encrypted.</summary>
    public StoreTlsMode Tls { get; init; } = StoreTlsMode.StartTls;

    /// <summary><c>external</c>, <c>master</c>, <c>password</c> ...; null: the proxy's default.</summary>
    public string? Login { get; init; }

    /// <summary>How long the store counts as healthy after its last sign of life; renewed at a third. A killed store goes critical after so long.</summary>
    public TimeSpan Ttl { get; init; } = TimeSpan.FromSeconds(10);
}
