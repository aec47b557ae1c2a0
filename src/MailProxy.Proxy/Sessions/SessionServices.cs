using MailProxy.Directory;
using MailProxy.Proxy.Connect;
using MailProxy.Proxy.Relay;
using MailProxy.Proxy.Route;
using Microsoft.Extensions.Logging;

namespace MailProxy.Proxy.Sessions;

/// <summary>What all sessions of a node share.</summary>
internal sealed record SessionServices(
    ProxySettings Settings,
    IUserDirectory Directory,
    UserRouting Routing,
    StoreConnector Connector,
    SmarthostConnector? Smarthost,
    SessionRegistry Registry,
    SessionMetrics Metrics,
    ILogger Logger,
    TimeProvider Time,
    Random Random);
