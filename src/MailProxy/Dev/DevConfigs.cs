using System.Net;
using MailProxy.Configuration;
using MailProxy.Proxy;
using MailProxy.Proxy.Accept;
using MailProxy.Proxy.Authenticate;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Routing.Consul;
using MailProxy.Store.Access;
using MailProxy.Transport.Tls;

namespace MailProxy.Dev;

/// <summary>The configurations of the dev cluster's nodes: the same options as in files, on loopback.</summary>
internal sealed class DevConfigs(DevSettings settings, DevFiles files)
{
    private const string Loopback = "127.0.0.1";

    // What a process with 20,000 descriptors can serve: a session takes three of them where proxy and store are one process.
    private const int DevConnections = 6_000;

    /// <summary>The name by which stores trust the proxy.</summary>
    public const string ProxyName = "proxy-1";

    /// <summary>Where Consul's API is.</summary>
    public IPEndPoint Consul { get; } = new(IPAddress.Loopback, settings.Port(7500));

    /// <summary>The proxy.</summary>
    public ProxyConfig Proxy() => new()
    {
        Node = new NodeOptions { Name = ProxyName, HostName = "localhost", Address = Loopback },
        Rehearsal = TimeSpan.Zero,
        Listeners =
        [
            Listener(MailProtocol.Imap, 143, ListenerTlsMode.StartTls),
            Listener(MailProtocol.Imap, 993, ListenerTlsMode.Implicit),
            Listener(MailProtocol.Pop3, 110, ListenerTlsMode.StartTls),
            Listener(MailProtocol.Pop3, 995, ListenerTlsMode.Implicit),
            Listener(MailProtocol.Submission, 587, ListenerTlsMode.StartTls),
            Listener(MailProtocol.Submission, 465, ListenerTlsMode.Implicit),
            Listener(MailProtocol.Mx, 25, ListenerTlsMode.StartTls),
            Listener(MailProtocol.Lmtp, 24, ListenerTlsMode.StartTls),
        ],
        Tls = new TlsOptions { Certificate = files.Server.Certificate, Key = files.Server.Key },
        Authentication = new AuthenticationOptions { ClearText = ClearTextPolicy.Loopback },
        Directory = new() { Provider = "file", File = new() { Path = files.Users } },
        Consul = ConsulClient(),
        Stores = new StoresOptions
        {
            Login = StoreLoginMethod.External,
            Tls = new StoreTlsOptions { Authorities = files.Authority, ClientCertificate = files.Client.Certificate, ClientKey = files.Client.Key },
        },

        // Every client of a dev cluster has the same address.
        Limits = new() { ConnectionsPerAddress = DevConnections },
        Admin = new() { Port = settings.Port(7083), TokenFile = files.AdminToken },

        // Whoever presses Ctrl-C waits for it.
        Drain = new() { Grace = TimeSpan.Zero, Deadline = TimeSpan.FromSeconds(10) },
        Http = new() { Listen = Address(7080), Admin = Address(7081), AgentCheck = Address(7082) },
    };

    /// <summary>A store, numbered from 1.</summary>
    public StoreConfig Store(int number) => new()
    {
        Node = new NodeOptions { Name = StoreName(number), HostName = "localhost", Address = Loopback },
        Store = new() { Data = files.StoreData(number) },
        Listeners =
        [
            StoreListener(StoreProtocol.Imap, number, 93),
            StoreListener(StoreProtocol.Pop3, number, 95),
            StoreListener(StoreProtocol.Lmtp, number, 24),
            StoreListener(StoreProtocol.Http, number, 80),
        ],
        Tls = new TlsOptions
        {
            Certificate = files.Server.Certificate,
            Key = files.Server.Key,
            ClientAuthorities = files.Authority,
            RequireClientCertificate = true,
        },
        Access = StoreAccess(),
        Moves = new()
        {
            Authorities = files.Authority, ClientCertificate = files.StoreClient(number).Certificate, ClientKey = files.StoreClient(number).Key,
        },
        Consul = ConsulClient(),
    };

    /// <summary><c>store-1</c> ...</summary>
    public static string StoreName(int number) => $"store-{number}";

    private AccessOptions StoreAccess()
    {
        var access = new AccessOptions { TrustedClients = { ProxyName } };
        access.TrustedStores.AddRange(Enumerable.Range(1, settings.Stores).Select(StoreName));
        return access;
    }

    private ConsulOptions ConsulClient() => new() { Address = Consul.ToString() };

    private string Address(int standard) => $"{Loopback}:{settings.Port(standard)}";

    private ListenerOptions Listener(MailProtocol protocol, int standard, ListenerTlsMode tls) =>
        new() { Protocol = protocol, Address = Loopback, Port = settings.Port(standard), Tls = tls };

    private StoreListenerOptions StoreListener(StoreProtocol protocol, int number, int service) =>
        new() { Protocol = protocol, Address = Loopback, Port = settings.StorePort(number, service), Tls = ListenerTlsMode.Implicit };
}
