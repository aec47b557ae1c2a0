using System.Diagnostics.Metrics;
using System.Security.Authentication;

namespace MailProxy.Transport.Tls;

/// <summary>The transport's instruments; docs/telemetry.md lists them. One set per process, whatever transports and nodes it runs.</summary>
internal static class TlsMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "MailProxy.Transport";

    private static readonly Meter Meter = new(MeterName);
    private static readonly Counter<long> Handshakes =
        Meter.CreateCounter<long>("mailproxy.tls.handshakes", "{handshake}", "TLS handshakes that were done, by role, version and whether they resumed.");

    /// <summary>A handshake is done. <c>tls.resumed</c> is absent where the transport cannot tell.</summary>
    public static void Done(ITlsFeature tls, bool isServer)
    {
        if (!Handshakes.Enabled)
        {
            return;
        }

        KeyValuePair<string, object?> role = new("mailproxy.tls.role", isServer ? "server" : "client");
        KeyValuePair<string, object?> version = new("tls.protocol.version", tls.Protocol == SslProtocols.Tls13 ? "1.3" : "1.2");
        if (tls.IsResumed is { } isResumed)
        {
            Handshakes.Add(1, role, version, new("tls.resumed", isResumed));
        }
        else
        {
            Handshakes.Add(1, role, version);
        }
    }
}
