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
using MailProxy.Proxy.Sieve;
using MailProxy.Proxy.Smtp;
using MailProxy.Proxy.Splice;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Proxy.Submission;
using MailProxy.Proxy.Wire;
using MailProxy.Routing;
using MailProxy.Routing.Health;
using MailProxy.Routing.Moves;
using MailProxy.Routing.Relays;
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

    private readonly IMailTransport _transport;
    private readonly IRouter _router;
    private readonly SessionDeadlines _deadlines;
    private readonly SessionIds _ids;
    private readonly OwnListeners _own = new();
    private readonly StoreHealthMonitor? _ownHealth;
    private readonly IRelayPool? _relays;
    private volatile SessionServices _services;
    private volatile ClientOffers _offers;

    /// <param name="settings">Valid.</param>
    /// <param name="transport">For both legs.</param>
    /// <param name="directory">Who the users are.</param>
    /// <param name="router">Where they live.</param>
    /// <param name="logger">For sessions.</param>
    /// <param name="time">For limits.</param>
    /// <param name="random">For ids and delays.</param>
    /// <param name="sharedSessions">The count of users' sessions on all nodes; null: this node counts its own only.</param>
    /// <param name="health">Knows which stores are down; null: this node has one of its own.</param>
    /// <param name="sharedRates">The count of what submitters send by all nodes; null: this node counts its own only.</param>
    /// <param name="relays">The relays for other domains, where they do not come from the settings.</param>
    public ProxyNode(
        ProxySettings settings, IMailTransport transport, IUserDirectory directory, IRouter router, ILogger<ProxyNode> logger, TimeProvider time, Random random,
        ISharedSessions? sharedSessions = null, StoreHealthMonitor? health = null, ISharedRates? sharedRates = null, IRelayPool? relays = null)
    {
        var limits = settings.Limits;
        (_transport, _router, _relays) = (transport, router, relays);
        _ownHealth = health is null ? new StoreHealthMonitor(settings.Stores.Health, logger, time, random) : null;
        Health = health ?? _ownHealth!;
        Health.ProbeWith(new StoreProbe(transport, settings.StoreTls, settings.HostName));
        _deadlines = new(time);
        Limits = new ConnectionLimits(limits.Connections, limits.ConnectionsPerAddress);
        _ids = new(random);
        _offers = OffersOf(settings);
        _services = new SessionServices(
            settings,
            directory,
            RoutingOf(settings, time),
            ConnectorOf(settings, time),
            new ReturningUsers(Health, settings.Stores.Health),
            SmarthostOf(settings, logger, time, random),
            new RelayLinks(time),
            new SessionRegistry(router),
            new UserActivity(),
            new UserSessions(limits, sharedSessions),
            _deadlines,
            new SessionMetrics(() => router.ViewAge),
            logger,
            time,
            random) { Rates = new SubmissionRates(sharedRates, time) };
        Sessions = new LiveSessions(_services.Registry, _deadlines);
    }

    /// <summary>Which addresses of stores this node takes for down.</summary>
    public StoreHealthMonitor Health { get; }

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

    /// <summary>What is wrong with the relays for other domains, one line for <c>/readyz?verbose</c>; null: nothing, or there are none.</summary>
    public string? RelayNotice => _services.Smarthost?.Notice;

    /// <summary>Other settings, for connections to come; sessions that live keep those with which they began. From any thread.</summary>
    public void Use(ProxySettings settings)
    {
        Limits.Use(settings.Limits.Connections, settings.Limits.ConnectionsPerAddress);
        _services.UserSessions.Use(settings.Limits);
        _offers = OffersOf(settings);
        Health.ProbeWith(new StoreProbe(_transport, settings.StoreTls, settings.HostName));
        var before = _services;
        _services = before.With(
            settings, RoutingOf(settings, before.Time), ConnectorOf(settings, before.Time), SmarthostOf(settings, before.Logger, before.Time, before.Random));

        // Sessions that live go on with it; it only stops to probe.
        before.Smarthost?.Dispose();
    }

    /// <summary>Tells where this node listens, so that it never dials itself.</summary>
    public void SetOwnListeners(IReadOnlyList<System.Net.EndPoint> bound) => _own.Set(bound);

    /// <summary>Bounds of a listener's server, and what a client that is one too many hears.</summary>
    public ConnectionServerOptions ServerOptions(ListenerOptions listener) => new()
    {
        MaxConnections = listener.Connections,
        PeersSpeakForClients = listener.ProxyHeader == ProxyHeaderMode.Required,
        Limits = Limits,
        Refused = _ => _services.Metrics.Failed(listener.Name, ProxyFailure.TooManySessions),
        OnRefused = listener.Tls == ListenerTlsMode.Implicit ? null : connection => Refusal.TellAsync(connection, listener.Protocol!.Value),
    };

    /// <summary>Serves one accepted connection from TLS to its end, or to its splice, which goes on by itself. Never throws for what peers do.</summary>
    public async Task ServeAsync(ServedConnection served, ListenerOptions listener, CancellationToken stop)
    {
        // From here to its end: the settings may be exchanged meanwhile.
        var services = _services;
        var session = new SessionContext(_ids.Next(), listener, served.Connection, services.Time);
        services.Metrics.Began(listener.Name);
        using var deadline = new SessionDeadline(_deadlines, services.Settings.Limits.PreLogin, served.Connection.ConnectionClosed, stop) { Session = session };
        IFarewell? dialogue = null;
        try
        {
            if (listener.ProxyHeader == ProxyHeaderMode.Required && await ProxyHeaderReading.RunAsync(session, served, services.Settings.Limits, deadline) is { } unknown)
            {
                await EndUnknownAsync(services, session, unknown);
                return;
            }

            var tls = TlsFor(services, listener.Protocol!.Value);
            if (listener.Tls == ListenerTlsMode.Implicit && !await EncryptAsync(services, session, tls, deadline))
            {
                return;
            }

            var wire = new MailWire(served.Connection);
            var settings = new DialogueSettings(
                services.Settings.HostName, session, listener, tls, _offers, services.Settings.ClearText, services.Settings.Limits, deadline,
                services.Directory, services.Settings.CertificateName, served, services.Logger);
            if (listener.Protocol is MailProtocol.Mx or MailProtocol.Lmtp)
            {
                var relay = new RelaySession(session, services, settings, wire);
                dialogue = relay;
                await relay.RunAsync(stop);
                return;
            }

            var (client, store, submission) = DialoguesFor(services, wire, settings, session);
            dialogue = client;
            await new LoginSession(session, services, served, deadline, client, store, submission).RunAsync(stop);
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
            SessionLog.Broke(services.Logger, exception, listener.Name, session.Id, session.Phase);
        }
        finally
        {
            // A spliced session is finished by its splice.
            if (!session.IsSpliced)
            {
                services.Finish(session);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _deadlines.Dispose();
        _services.Links.Dispose();
        _services.Smarthost?.Dispose();
        _services.Registry.Dispose();
        _services.Metrics.Dispose();
        _ownHealth?.Dispose();
    }

    private static async ValueTask<bool> EncryptAsync(SessionServices services, SessionContext session, TlsServerSettings? tls, SessionDeadline deadline)
    {
        session.Enter(SessionPhase.Encrypting);
        if (tls is null)
        {
            session.Fail(ProxyFailure.ClientTlsFailed, "this node has no certificate");
            return false;
        }

        var failure = await ClientTls.BecomeServerAsync(session, tls, services.Settings.Limits.Handshake, deadline);
        session.EndedBy = failure is null ? "" : session.FailureDetail;
        return failure is null;
    }

    private static (IClientDialogue Client, IStoreDialogue Store, ISubmissionRelay? Relay) DialoguesFor(
        SessionServices services, MailWire wire, DialogueSettings settings, SessionContext session)
    {
        var tell = services.Settings.Stores.TellClientAddress;
        switch (settings.Listener.Protocol)
        {
            case MailProtocol.Imap:
                return (new ImapClientDialogue(wire, settings), new ImapStoreDialogue(tell), null);
            case MailProtocol.Pop3:
                return (new Pop3ClientDialogue(wire, settings), new Pop3StoreDialogue(tell), null);
            case MailProtocol.Sieve:
                return (new SieveClientDialogue(wire, settings, services.Scripts), new SieveStoreDialogue(tell, services.Scripts), null);
            default:
                var client = new SubmissionClientDialogue(wire, settings);
                return (client, new SmtpStoreDialogue(tell), new SubmissionRelay(session, services, settings, wire, client));
        }
    }

    // Only who is one too many hears something: the others speak no protocol, or none of theirs.
    private static async ValueTask EndUnknownAsync(SessionServices services, SessionContext session, ProxyFailure failure)
    {
        if (failure == ProxyFailure.TooManySessions)
        {
            services.Metrics.Failed(session.Listener.Name, failure);
            if (session.Listener.Tls != ListenerTlsMode.Implicit)
            {
                await Refusal.TellAsync(session.Connection, session.Listener.Protocol!.Value);
            }
        }
        else if (failure != ProxyFailure.ClientLeft)
        {
            services.Metrics.Failed(session.Listener.Name, failure);
            session.Connection.Abort();
        }
    }

    // wire.md: ALPN, when offered, must be ours. SMTP has no registered ALPN name. Asked at each session: certificates are renewed meanwhile.
    private static TlsServerSettings? TlsFor(SessionServices services, MailProtocol protocol) => protocol switch
    {
        MailProtocol.Imap => services.Settings.Tls?.For("imap"),
        MailProtocol.Pop3 => services.Settings.Tls?.For("pop3"),
        MailProtocol.Sieve => services.Settings.Tls?.For("managesieve"),
        _ => services.Settings.Tls?.Current,
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

    private static ClientOffers OffersOf(ProxySettings settings) => new(settings.HostName, settings.Limits.MessageSize, settings.Mechanisms);

    private UserRouting RoutingOf(ProxySettings settings, TimeProvider time) =>
        new(_router, new StoreAddressing(_router, settings.Stores), settings.Limits.Hold, time);

    private StoreConnector ConnectorOf(ProxySettings settings, TimeProvider time) =>
        new(_transport, settings.StoreTls, _own, settings.Limits, Health, time);

    private SmarthostConnector? SmarthostOf(ProxySettings settings, ILogger logger, TimeProvider time, Random random)
    {
        var pool = settings.Relay.Smarthost.Length > 0 && settings.Relay.TryParseSmarthosts(out var addresses)
            ? new FixedRelays("smarthost", addresses, settings.Relay.SmarthostTls)
            : _relays;
        if (pool is null)
        {
            return null;
        }

        var health = new StoreHealthMonitor(settings.Stores.Health, logger, time, random);
        health.ProbeWith(new StoreProbe(_transport, settings.RelayAccess.Tls, settings.HostName));
        var connector = new StoreConnector(_transport, settings.RelayAccess.Tls, _own, settings.Limits, health, time);
        return new SmarthostConnector(pool, connector, health, settings.RelayAccess, settings.Relay.TellClient);
    }
}
