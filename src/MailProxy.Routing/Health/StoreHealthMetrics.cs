using System.Diagnostics.Metrics;
using MailProxy.Routing.Catalog;

namespace MailProxy.Routing.Health;

/// <summary>The instruments of stores' health; docs/telemetry.md lists them.</summary>
internal sealed class StoreHealthMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "MailProxy.Routing";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _failures;
    private readonly Counter<long> _opened;
    private readonly UpDownCounter<long> _open;
    private readonly UpDownCounter<long> _waiting;

    public StoreHealthMetrics()
    {
        _failures = _meter.CreateCounter<long>("mailproxy.store.failures", "{failure}", "Connections to stores that failed before the store was of use.");
        _opened = _meter.CreateCounter<long>("mailproxy.store.opened", "{event}", "Addresses of stores that were taken for down.");
        _open = _meter.CreateUpDownCounter<long>("mailproxy.store.down", "{address}", "Addresses of stores that are taken for down.");
        _waiting = _meter.CreateUpDownCounter<long>("mailproxy.store.waiting", "{login}", "Logins that wait for their turn at a store that has come back.");
    }

    /// <summary>An attempt failed.</summary>
    public void Failed(StoreNode store, EndpointHealth endpoint) => _failures.Add(1, Store(store), Address(endpoint), Port(endpoint));

    /// <summary>A breaker opened.</summary>
    public void Opened(StoreNode store, EndpointHealth endpoint)
    {
        _opened.Add(1, Store(store), Address(endpoint), Port(endpoint));
        _open.Add(1, Store(store), Address(endpoint), Port(endpoint));
    }

    /// <summary>A breaker closed, or its address is gone.</summary>
    public void Closed(StoreNode store, EndpointHealth endpoint) => _open.Add(-1, Store(store), Address(endpoint), Port(endpoint));

    /// <summary>A login began (1) or ended (-1) to wait.</summary>
    public void Waiting(StoreNode store, int change) => _waiting.Add(change, Store(store));

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Store(StoreNode store) => new("mailproxy.store", store.Id);

    private static KeyValuePair<string, object?> Address(EndpointHealth endpoint) => new("server.address", endpoint.Address);

    private static KeyValuePair<string, object?> Port(EndpointHealth endpoint) => new("server.port", endpoint.Port);
}
