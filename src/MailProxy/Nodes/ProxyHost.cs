using System.Net;
using MailProxy.Configuration;
using MailProxy.Directory;
using MailProxy.Directory.Shared;
using MailProxy.Http;
using MailProxy.Http.Admin;
using MailProxy.Http.Health;
using MailProxy.Logging;
using MailProxy.Nodes.Admin;
using MailProxy.Nodes.Draining;
using MailProxy.Nodes.Reloading;
using MailProxy.Proxy;
using MailProxy.Proxy.Accept;
using MailProxy.Proxy.Connect;
using MailProxy.Proxy.Sessions;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Rehearsing;
using MailProxy.Routing;
using MailProxy.Routing.Consul.Registration;
using MailProxy.Routing.Consul.Relays;
using MailProxy.Routing.Health;
using MailProxy.Routing.Moves;
using MailProxy.Routing.Static;
using MailProxy.Transport;
using MailProxy.Transport.Linux;
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

    private readonly ProxyConfig _config;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger<ProxyNode> _logger;
    private readonly bool _ownsLoggers;
    private readonly TimeProvider _time;
    private readonly ServerTlsFiles? _tls;
    private readonly StoreTokenSigner? _tokens;
    private readonly IMailTransport _transport;
    private readonly SharedCounts? _shared;
    private readonly SwitchingDirectory _directory;
    private readonly IRoutingSource _routing;
    private readonly ConsulRelays? _relays;
    private readonly StoreHealthMonitor _health;
    private readonly ProxyNode _proxy;
    private readonly HttpTier _http;
    private readonly AdminAccess? _access;
    private readonly AdminServer? _admin;
    private readonly NodeListeners _listeners;
    private readonly NodeDrain _drain;
    private readonly ProxyReload _reload;
    private readonly MemoryTrim _trim;
    private ProxyRegistration? _registration;
    private bool _isBound;
    private bool _isStopped;

    private ProxyHost(ProxyConfig config, ConfigSource<ProxyConfig>? source, ILoggerFactory loggers, bool ownsLoggers, TimeProvider time)
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
        _directory = new SwitchingDirectory(UserDirectoryFactory.Create(config.Directory, loggers, time, _shared), time);
        _routing = config.Routing.Mode == RoutingMode.Static ? new StaticRouting(config.Routing) : new RoutingService(config.Consul, loggers, time);
        _relays = config.Relay.PoolService.Length == 0 ? null : new ConsulRelays(config.Relay.PoolService, config.Consul, loggers, time);
        _health = new StoreHealthMonitor(config.Stores.Health, _logger, time, Random.Shared);
        _proxy = new ProxyNode(
            ProxySettingsOf.Config(config, _tls?.Tls, identity, _tokens), _transport, _directory, _routing.Router, _logger, time, Random.Shared,
            _shared is null ? null : new SharedUserSessions(_shared.Sessions), _health, _shared is null ? null : new SharedSubmissionRates(_shared.Rates), _relays);
        _listeners = new NodeListeners(_transport, _proxy, _logger, time);
        _drain = new NodeDrain(_proxy.Sessions, _listeners, time, _logger);
        _trim = new MemoryTrim(time);
        IReadinessCheck[] checks =
        [
            new ReadinessCheck("listeners", () => _isBound ? null : "not bound yet"),
            new ReadinessCheck("drain", () => IsDraining ? "this node is draining" : null),
            new ReadinessCheck("directory", () => _directory.Unreadiness, () => _directory.Notice),
            new ReadinessCheck("routing", () => _routing.Router.Unreadiness, () => _routing.Detail),
            new ReadinessCheck("stores", () => null, () => _health.Notice),
            new ReadinessCheck("relays", () => null, () => _proxy.RelayNotice),
            .. _shared is null ? Array.Empty<ReadinessCheck>() : [new ReadinessCheck("shared counts", () => null, () => _shared.Notice)],
        ];
        _http = new HttpTier(
            config.Http,
            _directory,
            _routing.Router,
            new StoreHttpClientSettings(identity.Authorities, identity.ClientCertificate, (store, user) => StoreTokenFile.Source(_reload!.Running.Stores, _tokens)(store, user)),
            checks,
            () => new AgentReport(IsDraining ? AgentState.Drain : IsReady ? AgentState.Ready : AgentState.Down),
            _tls is null ? null : _tls.Tls.CertificateFor,
            loggers,
            time,
            _health);
        _access = config.Admin.IsOn ? new AdminAccess(config.Admin, _logger, time) : null;
        _reload = new ProxyReload(
            config, source, new ReloadParts(_tls, _tokens, _access, identity, _directory, _shared, _proxy, _listeners, () => IsDraining, loggers), time, _logger);
        if (_access is not null)
        {
            _admin = new AdminServer(
                new IPEndPoint(IPAddress.Parse(config.Admin.Address), config.Admin.Port),
                () => _access.Token,
                _access.Tls,
                new ProxyAdmin(config.Node.Name, _proxy, _drain, checks, () => _isStopped, PlanFor, () => _reload.RunAsync(isAsked: true)),
                loggers);
        }
    }

    /// <inheritdoc/>
    public Task Failed { get; } = new TaskCompletionSource().Task;

    private bool IsDraining => _isStopped || _drain.State != DrainState.Serving;

    // Nobody can ask whether this node is ready, so nobody needs time to hear that it is not.
    private TimeSpan Grace => _http.AdminEndPoint is null && _http.AgentCheckEndPoint is null ? TimeSpan.Zero : _reload.Running.Drain.Grace;

    private TimeSpan Patience => _reload.Running.Limits.Goodbye is var limit && limit > StopGrace ? limit : StopGrace;

    private bool IsReady => _isBound && _directory.Unreadiness is null && _routing.Router.Unreadiness is null;

    /// <summary>What was bound, in the order of the configuration.</summary>
    public IReadOnlyList<(ListenerOptions Listener, EndPoint Bound)> Bound => _listeners.Bound;

    /// <summary>The HTTP side.</summary>
    public HttpTier Http => _http;

    /// <summary>Starts a node from its configuration, which it reads again when it changes.</summary>
    public static Task<INode> StartAsync(ProxyConfig config, ConfigSource<ProxyConfig> source, CancellationToken cancellationToken) =>
        StartAsync(config, source, LoggingSetup.Create(config.Log), ownsLoggers: true, TimeProvider.System, cancellationToken);

    /// <summary>Starts a node that shares its process, and whose configuration is no file.</summary>
    public static Task<INode> StartAsync(ProxyConfig config, ILoggerFactory loggers, bool ownsLoggers, TimeProvider time, CancellationToken cancellationToken) =>
        StartAsync(config, null, loggers, ownsLoggers, time, cancellationToken);

    private static async Task<INode> StartAsync(
        ProxyConfig config, ConfigSource<ProxyConfig>? source, ILoggerFactory loggers, bool ownsLoggers, TimeProvider time, CancellationToken cancellationToken)
    {
        ProxyHost? host = null;
        try
        {
            host = new ProxyHost(config, source, loggers, ownsLoggers, time);
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
    public void Reload() => _ = _reload.RunAsync(isAsked: true);

    /// <inheritdoc/>
    public async Task StopAsync()
    {
        if (_isStopped)
        {
            return;
        }

        _isStopped = true;

        // Readiness turns before listeners close, so that balancers stop sending first.
        if (_registration is not null)
        {
            await _registration.DisposeAsync();
        }

        if (_isBound)
        {
            // A drain that runs has had its grace.
            await _drain.Begin(new DrainPlan(Grace, _reload.Running.Drain.Deadline, Patience, _reload.Running.Drain.LeastRate, "this node stops"));
        }

        using var grace = new CancellationTokenSource(StopGrace, _time);
        await _http.StopAsync(grace.Token);
        await (_admin?.StopAsync(grace.Token) ?? Task.CompletedTask);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _reload.DisposeAsync();
        await _listeners.DisposeAsync();
        _trim.Dispose();
        (_transport as IDisposable)?.Dispose();
        await _http.DisposeAsync();
        await (_admin?.DisposeAsync() ?? ValueTask.CompletedTask);
        _access?.Dispose();
        _proxy.Dispose();
        _health.Dispose();
        _tls?.Dispose();
        _tokens?.Dispose();
        await _routing.DisposeAsync();
        await (_relays?.DisposeAsync() ?? ValueTask.CompletedTask);
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
        await (_admin?.StartAsync(cancellationToken) ?? Task.CompletedTask);
        var rehearsal = Rehearsal.RunAsync(_config.Transport, _tls?.Tls, _config.Rehearsal, _logger, _time, cancellationToken);
        await (_shared?.StartAsync() ?? Task.CompletedTask);
        await _directory.StartAsync(cancellationToken);
        TakePart();
        _routing.Start();
        _relays?.Start();
        await WaitForRoutingAsync(cancellationToken);
        await rehearsal;
        await _listeners.OpenAsync(_config.Listeners, cancellationToken);
        _isBound = true;
        _registration = Register();
        _reload.Follow();
        _logger.LogInformation("Proxy {Name} serves {Listeners} on the {Transport} transport", _config.Node.Name, string.Join(", ", Bound.Select(entry => $"{entry.Listener.Name} {entry.Bound}").Concat(HttpAddresses())), _transport.Name);
    }

    // When the admin API listens: its address is told together with the node's life.
    private void TakePart()
    {
        if (_routing is RoutingService consul)
        {
            var url = _admin is null ? null : ProxyAddresses.AdminUrl(_config.Admin, _admin.EndPoint, _config.Node);
            consul.TakePart(new MoveParticipation(_config.Node.Name, ProgramVersion.Text, url), _proxy.Presence);
            consul.KeepLastGood(_config.Routing.LastGood);
        }
    }

    private DrainPlan PlanFor(TimeSpan? deadline) =>
        new(deadline < Grace ? deadline.Value : Grace, deadline ?? _reload.Running.Drain.Deadline, Patience, LeastRate: 0, "this node drains");

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

        var address = ProxyAddresses.OfNode(_config.Node);
        var host = ProxyAddresses.HostOf(admin, _config.Node);
        var registration = new ProxyRegistration(
            _config.Consul,
            new ProxyRegistrationOptions { NodeId = _config.Node.Name, Address = address, Readiness = new UriBuilder("http", host, admin.Port, "/readyz").Uri },
            _loggers,
            _time);
        registration.Start();
        return registration;
    }

    private IEnumerable<string> HttpAddresses() =>
        new[] { ("http", _http.UserEndPoint), ("admin", _http.AdminEndPoint), ("agent-check", _http.AgentCheckEndPoint), ("admin API", _admin?.EndPoint) }
            .Where(entry => entry.Item2 is not null)
            .Select(entry => $"{entry.Item1} {entry.Item2}");
}
