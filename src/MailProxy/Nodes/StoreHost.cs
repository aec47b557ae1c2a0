using MailProxy.Configuration;
using MailProxy.Logging;
using MailProxy.Nodes.Reloading;
using MailProxy.Proxy.Accept;
using MailProxy.Routing.Catalog;
using MailProxy.Routing.Consul.Registration;
using MailProxy.Store.Access;
using MailProxy.Store.Access.Tokens;
using MailProxy.Store.Engine;
using MailProxy.Store.Engine.Files;
using MailProxy.Store.Http;
using MailProxy.Store.Imap;
using MailProxy.Store.Lmtp;
using MailProxy.Store.Mime;
using MailProxy.Store.Moves;
using MailProxy.Store.Pop3;
using MailProxy.Transport.Portable;
using MailProxy.Transport.Serving;
using MailProxy.Transport.Tls;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace MailProxy.Nodes;

/// <summary>One reference store node, put together: engine, servers, registration.</summary>
internal sealed class StoreHost : INode
{
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(5);

    private readonly List<ConnectionServer> _servers = [];
    private readonly Dictionary<StoreService, int> _ports = [];
    private readonly StoreConfig _config;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger<StoreHost> _logger;
    private readonly bool _ownsLoggers;
    private readonly TimeProvider _time;
    private readonly ConfigSource<StoreConfig>? _source;
    private StoreReload? _reload;
    private ServerTlsFiles? _tls;
    private StoreTokenVerifier? _tokens;
    private FileStoreEngine? _engine;
    private StoreHttpServer? _http;
    private StoreMoves? _moves;
    private StoreRegistration? _registration;
    private bool _isStopped;

    private StoreHost(StoreConfig config, ConfigSource<StoreConfig>? source, ILoggerFactory loggers, bool ownsLoggers, TimeProvider time)
    {
        (_config, _source, _loggers, _ownsLoggers, _time) = (config, source, loggers, ownsLoggers, time);
        _logger = loggers.CreateLogger<StoreHost>();
    }

    /// <inheritdoc/>
    public Task Failed { get; } = new TaskCompletionSource().Task;

    /// <summary>Starts a node from its configuration, which it follows.</summary>
    public static async Task<INode> StartAsync(StoreConfig config, ConfigSource<StoreConfig> source, CancellationToken cancellationToken) =>
        await StartAsync(config, source, LoggingSetup.Create(config.Log), ownsLoggers: true, TimeProvider.System, cancellationToken);

    /// <summary>Starts a node that shares its process; without a source its configuration is not read again.</summary>
    public static async Task<StoreHost> StartAsync(
        StoreConfig config, ConfigSource<StoreConfig>? source, ILoggerFactory loggers, bool ownsLoggers, TimeProvider time, CancellationToken cancellationToken)
    {
        var host = new StoreHost(config, source, loggers, ownsLoggers, time);
        try
        {
            await host.StartAsync(cancellationToken);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends when Consul knows this store; waits as long as Consul is away.</summary>
    public Task RegisteredAsync(CancellationToken cancellationToken) => _registration!.RegisteredAsync(cancellationToken);

    /// <inheritdoc/>
    public void Reload() => _ = _reload?.RunAsync(isAsked: true);

    /// <inheritdoc/>
    public async Task StopAsync()
    {
        if (_isStopped)
        {
            return;
        }

        _isStopped = true;
        await (_reload?.DisposeAsync() ?? ValueTask.CompletedTask);
        if (_registration is not null)
        {
            await _registration.DisposeAsync();
        }

        await Task.WhenAll(_servers.Select(server => server.StopAsync(StopGrace)));
        if (_http is not null)
        {
            // Before the listener: it waits for answers, and answers wait for pulls.
            await (_moves?.StopAsync() ?? Task.CompletedTask);
            await _http.StopAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        // Before the engine: a pull writes to it.
        await (_moves?.DisposeAsync() ?? ValueTask.CompletedTask);
        _tls?.Dispose();
        _tokens?.Dispose();

        // Last: everything above may still write to it.
        await (_engine?.DisposeAsync() ?? ValueTask.CompletedTask);
        if (_ownsLoggers)
        {
            _loggers.Dispose();
        }
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        _engine = await FileStoreEngine.OpenAsync(_config.Store, new MimeKitMessageAnalyzer(), _logger, _time, cancellationToken);
        _tokens = StoreTokenFile.Verifier(_config.Access, _config.Node.Name, _logger, _time);
        var access = new StoreAccess(_config.Access, _tokens);
        _moves = new StoreMoves(_engine, _config.Moves, _config.Node.Name, () => StorePullFiles.Client(_reload?.Running ?? _config), _loggers.CreateLogger<StoreMoves>(), _time);
        _moves.Start();
        _tls = _config.Listeners.Exists(listener => listener.Tls != ListenerTlsMode.None) ? new ServerTlsFiles(_config.Tls, _logger, _time) : null;
        _reload = new StoreReload(_config, _source, _tls, _tokens, _loggers, _time, _logger);
        foreach (var listener in _config.Listeners)
        {
            if (listener.Protocol == StoreProtocol.Http)
            {
                var tls = listener.Tls == ListenerTlsMode.Implicit ? _tls?.Tls : null;
                _http = new StoreHttpServer(listener.EndPoint, _config.Node.Name, _engine, access, tls, _loggers, _moves);
                await _http.StartAsync(cancellationToken);
                _ports[StoreService.Http] = _http.Port;
                continue;
            }

            await BindAsync(listener, access, cancellationToken);
        }

        _registration = Register();
        _reload.Follow();
        _logger.LogInformation("Store {Name} serves {Ports}", _config.Node.Name, string.Join(", ", _ports.Select(port => $"{port.Key} {port.Value}")));
    }

    private async Task BindAsync(StoreListenerOptions listener, StoreAccess access, CancellationToken cancellationToken)
    {
        var startTls = listener.Tls == ListenerTlsMode.StartTls ? _tls?.Tls : null;
        var server = new ConnectionServer(
            new PortableTransport(_time),
            listener.EndPoint,
            ServerFor(listener, access, startTls),
            new ConnectionServerOptions { ImplicitTls = listener.Tls == ListenerTlsMode.Implicit ? _tls?.Tls : null },
            _logger,
            _time);
        _servers.Add(server);
        await server.BindAsync(cancellationToken);
        _ports[StoreServices.Of(listener.Protocol!.Value, listener.Tls)] = ((System.Net.IPEndPoint)server.BoundEndPoint).Port;
    }

    private Func<ConnectionContext, CancellationToken, Task> ServerFor(StoreListenerOptions listener, StoreAccess access, ServerTls? startTls)
    {
        var host = _config.Node.HostName;
        return listener.Protocol switch
        {
            StoreProtocol.Imap => new ImapServer(_engine!, access, new ImapServerOptions { HostName = host, StartTls = startTls }, _logger, _time).ServeAsync,
            StoreProtocol.Pop3 => new Pop3Server(_engine!, access, new Pop3ServerOptions { HostName = host, StartTls = startTls }, _logger, _time).ServeAsync,
            _ => new LmtpServer(_engine!, access, new LmtpServerOptions { HostName = host, StartTls = startTls }, _logger, _time).ServeAsync,
        };
    }

    private StoreRegistration Register()
    {
        var registration = new StoreRegistration(
            _config.Consul,
            new StoreRegistrationOptions
            {
                StoreId = _config.Node.Name,
                Address = _config.Node.Address.Length > 0 ? _config.Node.Address : _config.Node.HostName,
                Ports = _ports,
                Tls = TlsMode(),
                Login = _config.Access.TrustedClients.Count > 0 ? "external" : _tokens is not null ? "token" : "master",
            },
            _loggers,
            _time);
        registration.Start();
        return registration;
    }

    // One word covers all ports of a store: the weakest listener's, so that no port is dialled in a way it does not know.
    private StoreTlsMode TlsMode()
    {
        var modes = _config.Listeners.Where(listener => listener.Protocol != StoreProtocol.Http).Select(listener => listener.Tls).Distinct().ToList();
        return modes switch
        {
            [ListenerTlsMode.Implicit] or [] => StoreTlsMode.Implicit,
            _ when modes.Contains(ListenerTlsMode.None) => StoreTlsMode.None,
            _ => StoreTlsMode.StartTls,
        };
    }
}
