using System.Diagnostics.Metrics;
using MailProxy.Proxy.Count;
using MailProxy.Proxy.Failures;

namespace MailProxy.Proxy.Sessions;

/// <summary>The proxy's instruments; docs/telemetry.md lists them. No user name is ever a tag.</summary>
internal sealed class SessionMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "MailProxy.Proxy";

    private readonly Meter _meter = new(MeterName);
    private readonly UpDownCounter<long> _active;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _capped;
    private readonly Counter<long> _goodbyes;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _messages;
    private readonly Histogram<double> _phase;

    /// <summary>Instruments of one node.</summary>
    /// <param name="viewAge">Since routing was last confirmed.</param>
    public SessionMetrics(Func<TimeSpan> viewAge)
    {
        _meter.CreateObservableGauge("mailproxy.routing.view.age", () => viewAge().TotalSeconds, "s", "Since Consul last confirmed all that routing knows.");
        _active = _meter.CreateUpDownCounter<long>("mailproxy.sessions.active", "{session}", "Sessions from accept to end.");
        _failures = _meter.CreateCounter<long>("mailproxy.session.failures", "{failure}", "Failed logins, recipients and sessions by error.type.");
        _capped = _meter.CreateCounter<long>("mailproxy.sessions.capped", "{session}", "Sessions refused because their user has as many as allowed, by cap.");
        _goodbyes = _meter.CreateCounter<long>("mailproxy.session.goodbyes", "{session}", "Spliced sessions that we ended, by reason and by whether the client was told.");
        _bytes = _meter.CreateCounter<long>("mailproxy.splice.io", "By", "Octets spliced, by direction.");
        _messages = _meter.CreateCounter<long>("mailproxy.relay.messages", "{message}", "Messages that the relay answered, by class of the answer.");
        _phase = _meter.CreateHistogram<double>("mailproxy.session.phase.duration", "s", "Time that sessions spent in each phase.");
    }

    /// <summary>A session began.</summary>
    public void Began(string protocol) => _active.Add(1, Protocol(protocol));

    /// <summary>A session ended.</summary>
    public void Ended(SessionContext session)
    {
        var protocol = Protocol(session.Listener.Name);
        _active.Add(-1, protocol);
        foreach (var phase in _phase.Enabled ? SessionPhases.All : [])
        {
            if (session.TimeIn(phase) is var time && time > TimeSpan.Zero && phase is not (SessionPhase.Splicing or SessionPhase.Relaying))
            {
                _phase.Record(time.TotalSeconds, protocol, new("mailproxy.session.phase", SessionPhases.NameOf(phase)));
            }
        }

        _bytes.Add(session.BytesIn, protocol, new("network.io.direction", "receive"));
        _bytes.Add(session.BytesOut, protocol, new("network.io.direction", "transmit"));
    }

    /// <summary>Something failed.</summary>
    public void Failed(string protocol, ProxyFailure failure) =>
        _failures.Add(1, Protocol(protocol), new("error.type", FailureTable.Of(failure).Metric));

    /// <summary>A message was answered, e.g. with 2 for 250.</summary>
    public void Relayed(string protocol, int answer) => _messages.Add(1, Protocol(protocol), new("mailproxy.relay.answer", $"{answer / 100}xx"));

    /// <summary>A login was right, and the user had no session free.</summary>
    public void Capped(string protocol, SessionCap cap) =>
        _capped.Add(1, Protocol(protocol), new("mailproxy.session.cap", cap == SessionCap.User ? "user" : "user_and_address"));

    /// <summary>A spliced session was ended by us.</summary>
    public void SaidGoodbye(string protocol, ProxyFailure reason, bool isSaid) => _goodbyes.Add(
        1, Protocol(protocol), new("error.type", FailureTable.Of(reason).Metric), new("mailproxy.goodbye.outcome", isSaid ? "said" : "cut"));

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Protocol(string name) => new("network.protocol.name", name);
}
