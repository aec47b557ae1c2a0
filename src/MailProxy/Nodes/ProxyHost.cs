using System.Net;
using MailProxy.Configuration;
using MailProxy.Directory;
using MailProxy.Directory.Shared;
using MailProxy.Http;
using MailProxy.Http.Health;
using MailProxy.Logging;
using MailProxy.Proxy;
using MailProxy.Proxy.Accept;
using MailProxy.Proxy.Connect;
using MailProxy.Proxy.Sessions;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Rehearsing;
using MailProxy.Routing;
using MailProxy.Routing.Consul.Registration;
using MailProxy.Routing.Health;
using MailProxy.Routing.Moves;
using MailProxy.Routing.Static;
using MailProxy.Transport;
using MailProxy.Transport.Linux;
using MailProxy.Transport.Serving;
using MailProxy.Transport.Tls;
using Microsoft.Extensions.Logging;

namespace MailProxy.Nodes;

/// <summary>One proxy node, put together: directory, routing, sessions, listeners, HTTP.</summary>
internal sealed class ProxyHost : INode
{
    // Sessions that are not idle get so long to end by themselves when the node stops.
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(5);

    // A node that starts while Consul is away begins to serve once it is back; until then it says so again and again.
    private static readonly TimeSpan RoutingReminder = TimeSpan.FromSeconds(10);

    private readonly List<ConnectionServer> _servers = [];
    private readonly List<(ListenerOptions Listener, EndPoint Bound)> _bound = [];
    private readonly ProxyConfig _config;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger<ProxyNode> _logger;
    private readonly bool _ownsLoggers;
    private readonly TimeProvider _time;
    private readonly ServerTlsFiles? _tls;
    private readonly StoreTokenSigner? _tokens;
    private readonly IMailTransport _transport;
    private readonly SharedCounts? _shared;
    private readonly IDirectoryProvider _directory;
    private readonly IRoutingSource _routing;
    private readonly StoreHealthMonitor _health;
    private readonly ProxyNode _proxy;
    private readonly HttpTier _http;
    private readonly MemoryTrim _trim;
    private ProxyRegistration? _registration;
    private bool _isDraining;
    private bool _isBound;
    private bool _isStopped;

    private ProxyHost(ProxyConfig config, ILoggerFactory loggers, bool ownsLoggers, TimeProvider time)
    {
        (_config, _loggers, _ownsLoggers, _time) = (config, loggers, ownsLoggers, time);
        _logger = loggers.CreateLogger<ProxyNode>();
        _tls = config.Tls.Certificate is null ? null : new ServerTlsFiles(config.Tls, _logger, time);
        _tokens = StoreTokenFile.Signer(config.Stores, _logger, time);
        var identity = StoreTlsFiles.Load(config.Stores.Tls);
        _transport = TransportFactory.Create(config.Transport, time, _logger);
        if (config.Tls.TicketKeys is not null && _transport is not LinuxTransport)
        {
            _logger.LogWarning("Tls:TicketKeys is not used: on the {Transport} transport each node has ticket keys of its own", _transport.Name);
        }

        _shared = SharedCounts.Create(config.Shared, loggers, time);
        _directory = UserDirectoryFactory.Create(config.Directory, loggers, time, _shared);
        _routing = config.Routing.Mode == RoutingMode.Static ? new StaticRouting(config.Routing) : new RoutingService(config.Consul, loggers, time);
        var settings = new ProxySettings(
            config.Node.HostName, _tls?.Tls, config.Authentication.ClearText, config.Limits, config.Stores, identity, MasterAccountFile.Load(config.Stores), config.Relay,
            _tokens)
        {
            Mechanisms = config.Authentication.ToMechanisms(config.Directory.Takes),
            CertificateName = config.Authentication.CertificateName,
        };
        _health = new StoreHealthMonitor(config.Stores.Health, _logger, time, Random.Shared);
        _proxy = new ProxyNode(settings, _transport, _directory, _routing.Router, _logger, time, Random.Shared, _shared is null ? null : new SharedUserSessions(_shared.Sessions), _health);
        if (_routing is RoutingService consul)
        {
            consul.TakePart(new MoveParticipation(config.Node.Name, ProgramVersion.Text), _proxy.Presence);
            consul.KeepLastGood(config.Routing.LastGood);
        }

        _trim = new MemoryTrim(time);
        _http = new HttpTier(
            config.Http,
            _directory,
            _routing.Router,
            new StoreHttpClientSettings(identity.Authorities, identity.ClientCertificate, StoreTokenFile.Source(config.Stores, _tokens)),
            [
                new ReadinessCheck("listeners", () => _isBound ? null : "not bound yet"),
                new ReadinessCheck("drain", () => _isDraining ? "this node is draining" : null),
                new ReadinessCheck("directory", () => _directory.Unreadiness, () => _directory.Notice),
                new ReadinessCheck("routing", () => _routing.Router.Unreadiness, () => _routing.Detail),
                new ReadinessCheck("stores", () => null, () => _health.Notice),
                .. _shared is null ? Array.Empty<ReadinessCheck>() : [new ReadinessCheck("shared counts", () => null, () => _shared.Notice)],
            ],
            () => new AgentReport(_isDraining ? AgentState.Drain : IsReady ? AgentState.Ready : AgentState.Down),
            _tls is null ? null : _tls.Tls.CertificateFor,
            loggers,
            time,
            _health);
    }

    /// <inheritdoc/>
    public Task Failed { get; } = new TaskCompletionSource().Task;

    private bool IsReady => _isBound && _directory.Unreadiness is null && _routing.Router.Unreadiness is null;

    /// <summary>What was bound, in the order of the configuration.</summary>
    public IReadOnlyList<(ListenerOptions Listener, EndPoint Bound)> Bound => _bound;

    /// <summary>The HTTP side.</summary>
    public HttpTier Http => _http;

    /// <summary>Starts a node from its configuration.</summary>
    public static Task<INode> StartAsync(ProxyConfig config, CancellationToken cancellationToken) =>
        StartAsync(config, LoggingSetup.Create(config.Log), ownsLoggers: true, TimeProvider.System, cancellationToken);

    /// <summary>Starts a node that shares its process.</summary>
    public static async Task<INode> StartAsync(ProxyConfig config, ILoggerFactory loggers, bool ownsLoggers, TimeProvider time, CancellationToken cancellationToken)
    {
        ProxyHost? host = null;
        try
        {
            host = new ProxyHost(config, loggers, ownsLoggers, time);
            await host.StartAsync(cancellationToken);
            return host;
        }
        catch
        {
            await (host?.DisposeAsync() ?? ValueTask.CompletedTask);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Reload()
    {
        _tls?.Reload();
        _tokens?.Reload();
    }

    /// <inheritdoc/>
    public async Task StopAsync()
    {
        if (_isStopped)
        {
            return;
        }

        _isStopped = true;

        // Readiness turns before listeners close, so that balancers stop sending first.
        _isDraining = true;
        if (_registration is not null)
        {
            await _registration.DisposeAsync();
        }

        var patience = _config.Limits.Goodbye > StopGrace ? _config.Limits.Goodbye : StopGrace;
        await Task.WhenAll(_servers.Select(server => server.StopAsync(patience)));
        using var grace = new CancellationTokenSource(StopGrace, _time);
        await _http.StopAsync(grace.Token);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        _trim.Dispose();
        (_transport as IDisposable)?.Dispose();
        await _http.DisposeAsync();
        _proxy.Dispose();
        _health.Dispose();
        _tls?.Dispose();
        _tokens?.Dispose();
        await _routing.DisposeAsync();
        await _directory.DisposeAsync();
        await (_shared?.DisposeAsync() ?? ValueTask.CompletedTask);
        if (_ownsLoggers)
        {
            _loggers.Dispose();
        }
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        // Health first: whoever watches sees why it is not ready yet.
        await _http.StartAsync(cancellationToken);
        var rehearsal = Rehearsal.RunAsync(_config.Transport, _tls?.Tls, _config.Rehearsal, _logger, _time, cancellationToken);
        await (_shared?.StartAsync() ?? Task.CompletedTask);
        await _directory.StartAsync(cancellationToken);
        _routing.Start();
        await WaitForRoutingAsync(cancellationToken);
        await rehearsal;
        foreach (var listener in _config.Listeners)
        {
            var server = new ConnectionServer(
                _transport,
                listener.EndPoint,
                (served, stop) => _proxy.ServeAsync(served, listener, stop),
                _proxy.ServerOptions(listener),
                _logger,
                _time);
            _servers.Add(server);
            await server.BindAsync(cancellationToken);
            _bound.Add((listener, server.BoundEndPoint));
        }

        _proxy.SetOwnListeners([.. _bound.Select(entry => entry.Bound)]);
        _isBound = true;
        _registration = Register();
        _logger.LogInformation("Proxy {Name} serves {Listeners} on the {Transport} transport", _config.Node.Name, string.Join(", ", _bound.Select(entry => $"{entry.Listener.Name} {entry.Bound}").Concat(HttpAddresses())), _transport.Name);
    }

    // The listeners stay shut until routes are known: a client that is refused a connection tries the next proxy.
    private async Task WaitForRoutingAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await _routing.ReadyAsync(cancellationToken).WaitAsync(RoutingReminder, _time, cancellationToken);
                return;
            }
            catch (TimeoutException)
            {
                _logger.LogWarning("Waiting for the first answer from Consul before listening: {Detail}", _routing.Detail);
            }
        }
    }

    private ProxyRegistration? Register()
    {
        if (_http.AdminEndPoint is not { } admin || _config.Routing.Mode != RoutingMode.Consul)
        {
            return null;
        }

        var address = _config.Node.Address.Length > 0 ? _config.Node.Address : _config.Node.HostName;
        var host = admin.Address.Equals(IPAddress.Any) || admin.Address.Equals(IPAddress.IPv6Any) ? address : admin.Address.ToString();
        var registration = new ProxyRegistration(
            _config.Consul,
            new ProxyRegistrationOptions { NodeId = _config.Node.Name, Address = address, Readiness = new UriBuilder("http", host, admin.Port, "/readyz").Uri },
            _loggers,
            _time);
        registration.Start();
        return registration;
    }

    private IEnumerable<string> HttpAddresses() =>
        new[] { ("http", _http.UserEndPoint), ("admin", _http.AdminEndPoint), ("agent-check", _http.AgentCheckEndPoint) }
            .Where(entry => entry.Item2 is not null)
            .Select(entry => $"{entry.Item1} {entry.Item2}");
}
