using MailProxy.Directory;
using MailProxy.Proxy.Connect;
using MailProxy.Proxy.Count;
using MailProxy.Proxy.Milter;
using MailProxy.Proxy.Relay;
using MailProxy.Proxy.Route;
using MailProxy.Proxy.Sieve;
using MailProxy.Proxy.Splice;
using MailProxy.Proxy.Submission;
using MailProxy.Transport.Splice;
using Microsoft.Extensions.Logging;

namespace MailProxy.Proxy.Sessions;

/// <summary>What all sessions of a node share.</summary>
internal sealed record SessionServices(
    ProxySettings Settings,
    IUserDirectory Directory,
    UserRouting Routing,
    StoreConnector Connector,
    ReturningUsers Returning,
    SmarthostConnector? Smarthost,
    RelayLinks Links,
    SessionRegistry Registry,
    UserActivity Activity,
    UserSessions UserSessions,
    SessionDeadlines Deadlines,
    SessionMetrics Metrics,
    ILogger Logger,
    TimeProvider Time,
    Random Random)
{
    /// <summary>The bounds of every splice.</summary>
    public SpliceSettings Splice { get; init; } = SpliceOf(Settings);

    /// <summary>What the relay offers its clients.</summary>
    public RelayOffers RelayOffers { get; init; } = new(Settings);

    /// <summary>What stores' Sieve engines can do, as far as it is known.</summary>
    public LearntExtensions Scripts { get; } = new();

    /// <summary>What submitters sent within an hour.</summary>
    public required SubmissionRates Rates { get; init; }

    /// <summary>Dials milters.</summary>
    public IMilterDialer MilterDialer { get; init; } = new SocketMilterDialer();

    /// <summary>The same node with other settings, for sessions to come; what counts and registers sessions is shared.</summary>
    public SessionServices With(ProxySettings settings, UserRouting routing, StoreConnector connector, SmarthostConnector? smarthost) => this with
    {
        Settings = settings, Routing = routing, Connector = connector, Smarthost = smarthost, Splice = SpliceOf(settings), RelayOffers = new(settings),
    };

    /// <summary>A session is over, and says so.</summary>
    public void Finish(SessionContext session)
    {
        UserSessions.Leave(session);
        session.Enter(session.Phase);
        Metrics.Ended(session);
        SessionLog.Ended(Logger, session);
    }

    private static SpliceSettings SpliceOf(ProxySettings settings) => new(settings.Limits.Idle, settings.Limits.HalfClose, settings.Limits.Goodbye);
}
