using MailProxy.Directory;
using MailProxy.Proxy.Accept;
using MailProxy.Proxy.Authenticate;
using MailProxy.Proxy.Connect;
using MailProxy.Proxy.Count;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Imap;
using MailProxy.Proxy.Live;
using MailProxy.Proxy.Pop3;
using MailProxy.Proxy.Relay;
using MailProxy.Proxy.Route;
using MailProxy.Proxy.Sessions;
using MailProxy.Proxy.Smtp;
using MailProxy.Proxy.Splice;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Proxy.Wire;
using MailProxy.Routing;
using MailProxy.Routing.Moves;
using MailProxy.Transport;
using MailProxy.Transport.Serving;
using MailProxy.Transport.Tls;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace MailProxy.Proxy;

/// <summary>A proxy node without its listeners: serves every connection it is handed.</summary>
public sealed class ProxyNode : IDisposable
{
    /// <summary>A farewell may take so long, then the connection is cut.</summary>
    internal static readonly TimeSpan GoodbyeLimit = TimeSpan.FromSeconds(5);

    private readonly SessionServices _services;
    private readonly SessionDeadlines _deadlines;
    private readonly SessionIds _ids;
    private readonly OwnListeners _own = new();
    private readonly ClientOffers _offers;

    /// <param name="settings">Valid.</param>
    /// <param name="transport">For both legs.</param>
    /// <param name="directory">Who the users are.</param>
    /// <param name="router">Where they live.</param>
    /// <param name="logger">For sessions.</param>
    /// <param name="time">For limits.</param>
    /// <param name="random">For ids and delays.</param>
    /// <param name="sharedSessions">The count of users' sessions on all nodes; null: this node counts its own only.</param>
    public ProxyNode(
        ProxySettings settings, IMailTransport transport, IUserDirectory directory, IRouter router, ILogger<ProxyNode> logger, TimeProvider time, Random random,
        ISharedSessions? sharedSessions = null)
    {
        var limits = settings.Limits;
        _deadlines = new(time);
        Limits = new ConnectionLimits(limits.Connections, limits.ConnectionsPerAddress);
        _ids = new(random);
        _offers = new(settings.HostName, limits.MessageSize, settings.Mechanisms);
        var smarthost = settings.Relay.TryParseSmarthost(out var host, out var port)
            ? new SmarthostConnector(
                new StoreConnector(transport, new StoreTlsIdentity(null, null), _own, limits.StoreConnect), host, port, settings.Relay.SmarthostTls)
            : null;
        _services = new SessionServices(
            settings,
            directory,
            new UserRouting(router, new StoreAddressing(router, settings.Stores), limits.Hold, time),
            new StoreConnector(transport, settings.StoreTls, _own, limits.StoreConnect),
            smarthost,
            new RelayLinks(time),
            new SessionRegistry(router),
            new UserActivity(),
            new UserSessions(limits, sharedSessions),
            _deadlines,
            new SessionMetrics(),
            logger,
            time,
            random);
        Sessions = new LiveSessions(_services.Registry, _deadlines);
    }

    /// <summary>What is under way for users, for those who move them.</summary>
    public IUserPresence Presence => new UserPresence(_services.Registry, _services.Activity);

    /// <summary>Every session as it is now, for operators.</summary>
    public LiveSessions Sessions { get; }

    /// <summary>Sessions that are tied to a store now.</summary>
    public int LinkedSessions => _services.Registry.Count;

    /// <summary>Counts of users' sessions that are not zero: none when nobody is logged in, or nothing is capped.</summary>
    public int CountedUsers => _services.UserSessions.Entries;

    /// <summary>Connections of all listeners, in all and by client network.</summary>
    public ConnectionLimits Limits { get; }

    /// <summary>Tells where this node listens, so that it never dials itself.</summary>
    public void SetOwnListeners(IReadOnlyList<System.Net.EndPoint> bound) => _own.Set(bound);

    /// <summary>Bounds of a listener's server, and what a client that is one too many hears.</summary>
    public ConnectionServerOptions ServerOptions(ListenerOptions listener) => new()
    {
        MaxConnections = listener.Connections,
        Limits = Limits,
        Refused = _ => _services.Metrics.Failed(listener.Name, ProxyFailure.TooManySessions),
        OnRefused = listener.Tls == ListenerTlsMode.Implicit ? null : connection => Refusal.TellAsync(connection, listener.Protocol!.Value),
    };

    /// <summary>Serves one accepted connection from TLS to its end, or to its splice, which goes on by itself. Never throws for what peers do.</summary>
    public async Task ServeAsync(ServedConnection served, ListenerOptions listener, CancellationToken stop)
    {
        var session = new SessionContext(_ids.Next(), listener, served.Connection, _services.Time);
        _services.Metrics.Began(listener.Name);
        using var deadline = new SessionDeadline(_deadlines, _services.Settings.Limits.PreLogin, served.Connection.ConnectionClosed, stop) { Session = session };
        IFarewell? dialogue = null;
        try
        {
            var tls = TlsFor(listener.Protocol!.Value);
            if (listener.Tls == ListenerTlsMode.Implicit && !await EncryptAsync(session, tls, deadline))
            {
                return;
            }

            var wire = new MailWire(served.Connection);
            var settings = new DialogueSettings(
                _services.Settings.HostName, session, listener, tls, _offers, _services.Settings.ClearText, _services.Settings.Limits, deadline,
                _services.Directory, _services.Settings.CertificateName);
            if (listener.Protocol is MailProtocol.Mx or MailProtocol.Lmtp)
            {
                var relay = new RelaySession(session, _services, settings, wire);
                dialogue = relay;
                await relay.RunAsync(stop);
                return;
            }

            var (client, store, submission) = DialoguesFor(wire, settings, session);
            dialogue = client;
            await new LoginSession(session, _services, served, deadline, client, store, submission).RunAsync(stop);
        }
        catch (OperationCanceledException)
        {
            await EndCancelledAsync(session, dialogue, deadline.Cause);
        }
        catch (Exception exception) when (exception is IOException or ConnectionAbortedException or ConnectionResetException)
        {
            session.EndedBy = $"connection lost: {exception.Message}";
        }
        catch (Exception exception)
        {
            session.EndedBy = "a fault of ours";
            SessionLog.Broke(_services.Logger, exception, listener.Name, session.Id, session.Phase);
        }
        finally
        {
            // A spliced session is finished by its splice.
            if (!session.IsSpliced)
            {
                _services.Finish(session);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _deadlines.Dispose();
        _services.Links.Dispose();
        _services.Registry.Dispose();
        _services.Metrics.Dispose();
    }

    private async ValueTask<bool> EncryptAsync(SessionContext session, TlsServerSettings? tls, SessionDeadline deadline)
    {
        session.Enter(SessionPhase.Encrypting);
        if (tls is null)
        {
            session.Fail(ProxyFailure.ClientTlsFailed, "this node has no certificate");
            return false;
        }

        var failure = await ClientTls.BecomeServerAsync(session, tls, _services.Settings.Limits.Handshake, deadline);
        session.EndedBy = failure is null ? "" : session.FailureDetail;
        return failure is null;
    }

    private (IClientDialogue Client, IStoreDialogue Store, ISubmissionRelay? Relay) DialoguesFor(MailWire wire, DialogueSettings settings, SessionContext session)
    {
        var tell = _services.Settings.Stores.TellClientAddress;
        switch (settings.Listener.Protocol)
        {
            case MailProtocol.Imap:
                return (new ImapClientDialogue(wire, settings), new ImapStoreDialogue(tell), null);
            case MailProtocol.Pop3:
                return (new Pop3ClientDialogue(wire, settings), new Pop3StoreDialogue(tell), null);
            default:
                var client = new SubmissionClientDialogue(wire, settings);
                return (client, new SmtpStoreDialogue(tell), new SubmissionRelay(session, _services, settings, wire, client));
        }
    }

    // wire.md: ALPN, when offered, must be ours. SMTP has no registered ALPN name. Asked at each session: certificates are renewed meanwhile.
    private TlsServerSettings? TlsFor(MailProtocol protocol) => protocol switch
    {
        MailProtocol.Imap => _services.Settings.Tls?.For("imap"),
        MailProtocol.Pop3 => _services.Settings.Tls?.For("pop3"),
        _ => _services.Settings.Tls?.Current,
    };

    private async Task EndCancelledAsync(SessionContext session, IFarewell? dialogue, DeadlineCause cause)
    {
        var failure = cause switch
        {
            DeadlineCause.NodeStops => ProxyFailure.Draining,
            DeadlineCause.Kicked => ProxyFailure.EndedByOperator,
            DeadlineCause.PreLogin => ProxyFailure.PreLoginTimeout,
            _ => ProxyFailure.ClientLeft,
        };
        session.EndedBy = failure.ToString();
        // Once the client may have heard that it is in, it must not hear that it is not: then it is cut.
        var mayHaveHeard = session is { Phase: SessionPhase.Answering, User: not null };
        if (failure == ProxyFailure.ClientLeft || dialogue is null || mayHaveHeard)
        {
            return;
        }

        session.Fail(failure, "");
        _services.Metrics.Failed(session.Listener.Name, failure);
        using var limit = new CancellationTokenSource(GoodbyeLimit, _services.Time);
        try
        {
            await dialogue.GoodbyeAsync(failure, limit.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or ConnectionAbortedException)
        {
            session.EndedBy = $"{failure}, and the client did not read it";
        }
    }
}
