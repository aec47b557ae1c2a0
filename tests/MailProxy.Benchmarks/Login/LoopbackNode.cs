using System.Net;
using MailProxy.Directory.Static;
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
using MailProxy.Transport;
using MailProxy.Transport.Serving;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailProxy.Benchmarks.Login;

/// <summary>A proxy node with one IMAP listener in clear, and the store behind it.</summary>
internal sealed class LoopbackNode : IAsyncDisposable
{
    private readonly ScriptedStore _store = new();
    private readonly IMailTransport _transport;
    private readonly StaticUserDirectory _directory = new(new StaticDirectoryOptions { Password = "{PLAIN}secret" });
    private readonly StaticRouting _routing;
    private readonly ProxyNode _node;
    private readonly ConnectionServer _server;

    private LoopbackNode(string transportName)
    {
        _transport = Transports.Create(transportName);
        var store = new StaticStoreOptions { Id = "store-1", Address = "127.0.0.1", Ports = { [StoreService.Imap] = _store.Port }, Tls = StoreTlsMode.None };
        _routing = new StaticRouting(new RoutingOptions { Mode = RoutingMode.Static, Stores = [store] });
        var settings = new ProxySettings(
            "mail.example.org",
            Tls: null,
            ClearTextPolicy.Always,
            new LimitOptions(),
            new StoreLegOptions { Login = StoreLoginMethod.Password },
            new StoreTlsIdentity(null, null),
            Master: null,
            new RelayOptions());
        _node = new ProxyNode(settings, _transport, _directory, _routing, NullLogger<ProxyNode>.Instance, TimeProvider.System, new Random(1));
        var listener = new ListenerOptions { Protocol = MailProtocol.Imap, Address = "127.0.0.1", Port = 0, Tls = ListenerTlsMode.None };
        _server = new ConnectionServer(
            _transport, listener.EndPoint, (connection, stop) => _node.ServeAsync(connection, listener, stop), new ConnectionServerOptions(), NullLogger.Instance, TimeProvider.System);
    }

    public EndPoint EndPoint => _server.BoundEndPoint;

    public static async Task<LoopbackNode> StartAsync(string transportName)
    {
        var node = new LoopbackNode(transportName);
        await node._server.BindAsync(CancellationToken.None);
        return node;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _node.Dispose();
        await _routing.DisposeAsync();
        await _directory.DisposeAsync();
        (_transport as IDisposable)?.Dispose();
        _store.Dispose();
    }
}
