using System.Collections.Frozen;
using MailProxy.Directory;
using MailProxy.Proxy.Accept;
using MailProxy.Proxy.Authenticate;
using MailProxy.Proxy.Connect;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Imap;
using MailProxy.Proxy.Pop3;
using MailProxy.Proxy.Relay;
using MailProxy.Proxy.Route;
using MailProxy.Proxy.Sessions;
using MailProxy.Proxy.Smtp;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Proxy.Wire;
using MailProxy.Routing;
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
    private readonly SessionIds _ids;
    private readonly OwnListeners _own = new();

    // One object per protocol for the life of the node: transports keep what they derive from it.
    private readonly FrozenDictionary<MailProtocol, TlsServerSettings?> _tls;

    public ProxyNode(
        ProxySettings settings, IMailTransport transport, IUserDirectory directory, IRouter router, ILogger<ProxyNode> logger, TimeProvider time, Random random)
    {
        var limits = settings.Limits;
        Limits = new ConnectionLimits(limits.Connections, limits.ConnectionsPerAddress);
        _ids = new(random);
        _tls = Enum.GetValues<MailProtocol>().ToFrozenDictionary(protocol => protocol, protocol => WithApplicationProtocols(settings.Tls, protocol));
        var smarthost = settings.Relay.TryParseSmarthost(out var host, out var port)
            ? new SmarthostConnector(
                new StoreConnector(transport, new StoreTlsIdentity(null, null), _own, limits.StoreConnect, time), host, port, settings.Relay.SmarthostTls)
            : null;
        _services = new SessionServices(
            settings,
            directory,
            new UserRouting(router, limits.Hold, time),
            new StoreConnector(transport, settings.StoreTls, _own, limits.StoreConnect, time),
            smarthost,
            new SessionRegistry(router),
            new SessionMetrics(),
            logger,
            time,
            random);
    }

    /// <summary>Sessions that are tied to a store now.</summary>
    public int LinkedSessions => _services.Registry.Count;

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

    /// <summary>Serves one accepted connection from TLS to its end. Never throws for what peers do.</summary>
    public async Task ServeAsync(ConnectionContext connection, ListenerOptions listener, CancellationToken stop)
    {
        var session = new SessionContext(_ids.Next(), listener, connection, _services.Time);
        _services.Metrics.Began(listener.Name);
        var limits = _services.Settings.Limits;
        using var deadline = new PreLoginDeadline(limits.PreLogin, _services.Time, connection.ConnectionClosed, stop);
        IFarewell? dialogue = null;
        try
        {
            var tls = _tls[listener.Protocol!.Value];
            if (listener.Tls == ListenerTlsMode.Implicit && !await EncryptAsync(session, tls, deadline.Token))
            {
                return;
            }

            var wire = new MailWire(connection);
            var settings = new DialogueSettings(
                _services.Settings.HostName, session, listener, tls, _services.Settings.ClearText, limits, _services.Time);
            if (listener.Protocol is MailProtocol.Mx or MailProtocol.Lmtp)
            {
                var relay = new RelaySession(session, _services, settings, wire);
                dialogue = relay;
                await relay.RunAsync(stop);
                return;
            }

            var (client, store, submission) = DialoguesFor(wire, settings, session);
            dialogue = client;
            await new LoginSession(session, _services, client, store, submission).RunAsync(deadline, stop);
        }
        catch (OperationCanceledException)
        {
            await EndCancelledAsync(session, dialogue, deadline.HasPassed, stop);
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
            session.Enter(session.Phase);
            _services.Metrics.Ended(session);
            SessionLog.Ended(_services.Logger, session);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _services.Registry.Dispose();
        _services.Metrics.Dispose();
    }

    private async ValueTask<bool> EncryptAsync(SessionContext session, TlsServerSettings? tls, CancellationToken cancellationToken)
    {
        session.Enter(SessionPhase.Encrypting);
        if (tls is null)
        {
            session.Fail(ProxyFailure.ClientTlsFailed, "this node has no certificate");
            return false;
        }

        var failure = await ClientTls.BecomeServerAsync(session, tls, _services.Settings.Limits.Handshake, _services.Time, cancellationToken);
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

    // wire.md: ALPN, when offered, must be ours. SMTP has no registered ALPN name.
    private static TlsServerSettings? WithApplicationProtocols(TlsServerSettings? tls, MailProtocol protocol) => tls is null
        ? null
        : tls with
        {
            ApplicationProtocols = protocol switch
            {
                MailProtocol.Imap => ["imap"],
                MailProtocol.Pop3 => ["pop3"],
                _ => [],
            },
        };

    private async Task EndCancelledAsync(SessionContext session, IFarewell? dialogue, bool isTooLate, CancellationToken stop)
    {
        var failure = stop.IsCancellationRequested ? ProxyFailure.Draining : isTooLate ? ProxyFailure.PreLoginTimeout : ProxyFailure.ClientLeft;
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
