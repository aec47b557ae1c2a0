using System.Diagnostics.Metrics;

namespace MailProxy.Directory.Cache;

/// <summary>The directory's instruments; docs/telemetry.md lists them. No user name is ever a tag.</summary>
internal sealed class DirectoryMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "MailProxy.Directory";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _cache;
    private readonly Histogram<double> _duration;
    private readonly KeyValuePair<string, object?> _provider;

    /// <param name="provider">The provider's name.</param>
    public DirectoryMetrics(string provider)
    {
        _provider = new("mailproxy.directory.provider", provider);
        _cache = _meter.CreateCounter<long>("mailproxy.directory.cache.requests", "{request}", "Questions to a provider by how the cache met them.");
        _duration = _meter.CreateHistogram<double>("mailproxy.directory.request.duration", "s", "Time a provider took to answer, by operation and outcome.");
    }

    /// <summary>The cache was asked.</summary>
    /// <param name="result"><c>hit</c>, <c>miss</c>, <c>joined</c> or <c>last_good</c>.</param>
    public void Asked(string result) => _cache.Add(1, _provider, new("mailproxy.directory.cache.result", result));

    /// <summary>A provider answered.</summary>
    public void Answered(string operation, string outcome, TimeSpan took) =>
        _duration.Record(took.TotalSeconds, _provider, new("mailproxy.directory.operation", operation), new("mailproxy.directory.outcome", outcome));

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
