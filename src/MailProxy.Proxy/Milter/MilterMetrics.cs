using System.Diagnostics.Metrics;
using MailProxy.Proxy.Sessions;

namespace MailProxy.Proxy.Milter;

/// <summary>The milters' instruments; docs/telemetry.md lists them. One set per process.</summary>
internal static class MilterMetrics
{
    private static readonly Meter Meter = new(SessionMetrics.MeterName);
    private static readonly Counter<long> Verdicts =
        Meter.CreateCounter<long>("mailproxy.milter.verdicts", "{verdict}", "Messages and commands that a milter did not simply let pass, and messages that it did.");

    private static readonly Histogram<double> Durations =
        Meter.CreateHistogram<double>("mailproxy.milter.duration", "s", "Time that a milter took for a whole message, from its header to its verdict.");

    /// <summary>A word was said: <c>accepted</c>, <c>refused</c>, <c>put_off</c>, <c>discarded</c>, <c>quarantined</c>, <c>failed</c>.</summary>
    public static void Said(string milter, string verdict) =>
        Verdicts.Add(1, new("mailproxy.milter", milter), new KeyValuePair<string, object?>("mailproxy.milter.verdict", verdict));

    /// <summary>A message was judged.</summary>
    public static void Took(string milter, TimeSpan time) => Durations.Record(time.TotalSeconds, new KeyValuePair<string, object?>("mailproxy.milter", milter));
}
