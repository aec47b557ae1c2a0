using System.Diagnostics.Metrics;

namespace MailProxy.Transport.Linux;

/// <summary>The transport's instruments; docs/telemetry.md lists them. They are read when somebody listens, and cost nothing else.</summary>
internal sealed class TransportMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "MailProxy.Transport";

    private readonly Meter _meter = new(MeterName);

    public TransportMetrics(Func<TransportUsage> usage)
    {
        Gauge("mailproxy.transport.watched", "{descriptor}", "Descriptors that reactors watch: connections and listeners.", now => now.Watched);
        Gauge("mailproxy.transport.joins", "{session}", "Spliced pairs of connections.", now => now.Joins);
        Gauge("mailproxy.transport.pipes", "{pipe}", "Pipes with bulk on its way.", now => now.PipesRented);
        Gauge("mailproxy.transport.pipes.kept", "{pipe}", "Empty pipes that wait for bulk.", now => now.PipesKept);
        Gauge("mailproxy.transport.buffers", "{buffer}", "Buffers that dialogues and splices hold.", now => now.BuffersRented);
        Gauge("mailproxy.transport.tls", "{session}", "TLS sessions of OpenSSL that are alive.", now => now.TlsSessions);

        void Gauge(string name, string unit, string description, Func<TransportUsage, int> look) =>
            _meter.CreateObservableGauge(name, () => look(usage()), unit, description);
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
