using MailProxy.Directory;
using MailProxy.Proxy.Connect;
using MailProxy.Proxy.Count;
using MailProxy.Proxy.Relay;
using MailProxy.Proxy.Route;
using MailProxy.Proxy.Splice;
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
    public SpliceSettings Splice { get; } = new(Settings.Limits.Idle, Settings.Limits.HalfClose, Settings.Limits.Goodbye);

    /// <summary>A session is over, and says so.</summary>
    public void Finish(SessionContext session)
    {
        UserSessions.Leave(session);
        session.Enter(session.Phase);
        Metrics.Ended(session);
        SessionLog.Ended(Logger, session);
    }
}
