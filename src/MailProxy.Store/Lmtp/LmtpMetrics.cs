using System.Diagnostics.Metrics;

namespace MailProxy.Store.Lmtp;

/// <summary>The store's instruments; docs/telemetry.md lists them. One set per process, whatever stores it runs.</summary>
internal static class LmtpMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "MailProxy.Store";

    private static readonly Meter Meter = new(MeterName);
    private static readonly Counter<long> Repeats =
        Meter.CreateCounter<long>("mailproxy.store.repeats", "{copy}", "Copies that were acknowledged and not stored, because their users had taken them lately.");

    /// <summary>So many copies were repeats.</summary>
    public static void Repeated(int copies)
    {
        if (copies > 0)
        {
            Repeats.Add(copies);
        }
    }
}
