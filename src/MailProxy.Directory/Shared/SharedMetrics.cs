using System.Diagnostics.Metrics;
using MailProxy.Directory.Cache;

namespace MailProxy.Directory.Shared;

/// <summary>The link's instruments; docs/telemetry.md lists them.</summary>
internal sealed class SharedMetrics : IDisposable
{
    private static readonly KeyValuePair<string, object?> AnsweredTag = new("mailproxy.shared.result", "answered");
    private static readonly KeyValuePair<string, object?> FailedTag = new("mailproxy.shared.result", "failed");
    private static readonly KeyValuePair<string, object?> SkippedTag = new("mailproxy.shared.result", "skipped");

    private readonly Meter _meter = new(DirectoryMetrics.MeterName);
    private readonly Counter<long> _requests;

    public SharedMetrics() =>
        _requests = _meter.CreateCounter<long>("mailproxy.shared.requests", "{request}", "Questions to the server where all nodes count, by what became of them.");

    /// <summary>In time.</summary>
    public void Answered() => _requests.Add(1, AnsweredTag);

    /// <summary>Not in time, or by an error.</summary>
    public void Failed() => _requests.Add(1, FailedTag);

    /// <summary>Not asked, because the server is known to be away.</summary>
    public void Skipped() => _requests.Add(1, SkippedTag);

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
