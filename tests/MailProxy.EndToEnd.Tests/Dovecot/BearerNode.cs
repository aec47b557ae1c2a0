using System.Net;
using System.Text;
using MailProxy.Directory;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Proxy;
using MailProxy.Proxy.Accept;
using MailProxy.Proxy.Authenticate;
using MailProxy.Proxy.Connect;
using MailProxy.Proxy.Relay;
using MailProxy.Proxy.Sessions;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Routing;
using MailProxy.Routing.Catalog;
using MailProxy.Routing.Static;
using MailProxy.Testing;
using MailProxy.Transport.Portable;
using MailProxy.Transport.Serving;
using MailProxy.Transport.Tls;
using Microsoft.Extensions.Logging;

namespace MailProxy.EndToEnd.Tests.Dovecot;

/// <summary>A proxy in this process in front of one Dovecot, with login <c>bearer</c>; its directory puts one token in everybody's place.</summary>
internal sealed class BearerNode : IAsyncDisposable
{
    private readonly PortableTransport _transport = new(TimeProvider.System);
    private readonly StaticRouting _routing;
    private readonly ProxyNode _node;
    private readonly List<ConnectionServer> _servers = [];
    private readonly ILoggerFactory _loggers;

    private BearerNode(int firstPort, string token)
    {
        var store = new StaticStoreOptions
        {
            Id = "store-1",
            Address = "127.0.0.1",
            Ports = { [StoreService.Imap] = firstPort + 43, [StoreService.Pop3] = firstPort + 10 },
            Tls = StoreTlsMode.None,
            Login = "bearer",
        };
        _routing = new StaticRouting(new RoutingOptions { Mode = RoutingMode.Static, Stores = [store] });
        var settings = new ProxySettings(
            "mail.example.org", null, ClearTextPolicy.Always, new LimitOptions(), new StoreLegOptions(), new StoreTlsIdentity(null, null), null, new RelayOptions());
        _loggers = LoggerFactory.Create(logging => logging.AddProvider(new RecordingProvider(Log)));
        _node = new ProxyNode(settings, _transport, new TokenDirectory(token), _routing, _loggers.CreateLogger<ProxyNode>(), TimeProvider.System, new Random(1));
    }

    /// <summary>What the node logged.</summary>
    public RecordingLogger Log { get; } = new();

    /// <summary>On 127.0.0.1, in clear.</summary>
    public int ImapPort { get; private set; }

    /// <summary>On 127.0.0.1, in clear.</summary>
    public int Pop3Port { get; private set; }

    /// <summary>Starts it.</summary>
    public static async Task<BearerNode> StartAsync(int firstPort, string token)
    {
        var node = new BearerNode(firstPort, token);
        node.ImapPort = await node.ListenAsync(MailProtocol.Imap);
        node.Pop3Port = await node.ListenAsync(MailProtocol.Pop3);
        return node;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        _node.Dispose();
        await _routing.DisposeAsync();
        _loggers.Dispose();
    }

    private async Task<int> ListenAsync(MailProtocol protocol)
    {
        var listener = new ListenerOptions { Protocol = protocol, Address = "127.0.0.1", Port = 0, Tls = ListenerTlsMode.None };
        var server = new ConnectionServer(
            _transport, listener.EndPoint, (connection, stop) => _node.ServeAsync(connection, listener, stop), _node.ServerOptions(listener), Log, TimeProvider.System);
        _servers.Add(server);
        await server.BindAsync(CancellationToken.None);
        return ((IPEndPoint)server.BoundEndPoint).Port;
    }

    private sealed class TokenDirectory(string token) : IUserDirectory
    {
        private static readonly Dictionary<string, string> NoAttributes = [];

        public string? Unreadiness => null;

        public ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellationToken) => ValueTask.FromResult(
            new AuthenticationResult(
                AuthenticationOutcome.Authenticated,
                new DirectoryUser(request.AuthenticationId, null, NoAttributes, null, new StoreCredentials(null, SealedSecret.Seal(Encoding.ASCII.GetBytes(token), request.Secret)))));

        public ValueTask<LookupResult> LookUpAsync(string address, CancellationToken cancellationToken) => ValueTask.FromResult(new LookupResult(LookupOutcome.NotOurDomain, []));
    }

    private sealed class RecordingProvider(RecordingLogger log) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => log;

        public void Dispose()
        {
        }
    }
}
