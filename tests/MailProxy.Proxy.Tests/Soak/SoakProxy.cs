using MailProxy.Transport.Tls;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using MailProxy.Directory.Static;
using MailProxy.Proxy.Accept;
using MailProxy.Proxy.Authenticate;
using MailProxy.Proxy.Connect;
using MailProxy.Proxy.Relay;
using MailProxy.Proxy.Sessions;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Proxy.Tests.Rig;
using MailProxy.Routing.Catalog;
using MailProxy.Testing;
using MailProxy.Transport;
using MailProxy.Transport.Serving;
using Microsoft.Extensions.Logging;
using Xunit;

namespace MailProxy.Proxy.Tests.Soak;

/// <summary>A proxy with the system's clock, two IMAP listeners and two stores, one of each with TLS.</summary>
internal sealed class SoakProxy : IAsyncDisposable
{
    // Enough to keep two reactors busy with several sessions each at every moment.
    private const int Clients = 24;

    private const int Users = 16;

    private static readonly TimeSpan Short = TimeSpan.FromSeconds(2);

    private readonly TestAuthority _authority = new();
    private readonly RecordingLogger _log = new();
    private readonly List<ConnectionServer> _servers = [];
    private readonly SoakStore _clear = new(certificate: null, seed: 1);
    private readonly SoakStore _encrypted;
    private readonly StaticUserDirectory _directory = new(new StaticDirectoryOptions { Password = "{PLAIN}secret" });
    private readonly TableRouter _router;

    private SoakProxy(RigTransport on)
    {
        _encrypted = new SoakStore(_authority.Server(), seed: 2);
        Transport = RigTransports.Create(on, TimeProvider.System);
        _router = new TableRouter(_ => IPAddress.Loopback.ToString(), (id, _) => id == "clear" ? _clear.Port : _encrypted.Port);
        _router.AddStore("clear");
        _router.AddStore("encrypted", StoreTlsMode.Implicit);
        for (var i = 0; i < Users; i++)
        {
            _router.Pin($"user{i}@example.org", i % 2 == 0 ? "clear" : "encrypted");
        }

        var limits = new LimitOptions
        {
            PreLogin = Short, Handshake = Short, StoreConnect = Short, StoreLogin = Short, HalfClose = Short, FailureDelay = TimeSpan.Zero,
        };
        var settings = new ProxySettings(
            "mail.example.org",
            new ServerTls(_authority.ServerSettings()),
            ClearTextPolicy.Always,
            limits,
            new StoreLegOptions { Login = StoreLoginMethod.Master, MasterUser = "proxy" },
            new StoreTlsIdentity(_authority.Authorities, null),
            new MasterAccount("proxy", new Directory.Secret("master"u8.ToArray())),
            new RelayOptions());
        Node = new ProxyNode(settings, Transport, _directory, _router, new LoggerOf<ProxyNode>(_log), TimeProvider.System, new Random(1));
    }

    public IMailTransport Transport { get; }

    public ProxyNode Node { get; }

    /// <summary>The listener in clear.</summary>
    public EndPoint Clear => _servers[0].BoundEndPoint;

    /// <summary>The listener with implicit TLS.</summary>
    public EndPoint Encrypted => _servers[1].BoundEndPoint;

    /// <summary>What the Linux transport watches when nobody is connected: two reactors, two listeners.</summary>
    public int WatchedByListeners => 2 * _servers.Count;

    /// <summary>Bugs that were logged.</summary>
    public IEnumerable<string> Faults =>
        _log.Entries.Where(entry => entry.Level >= LogLevel.Error).Select(entry => $"{entry.Text} {entry.Exception}");

    public static async Task<SoakProxy> StartAsync(RigTransport on)
    {
        var proxy = new SoakProxy(on);
        foreach (var tls in new[] { ListenerTlsMode.None, ListenerTlsMode.Implicit })
        {
            var listener = new ListenerOptions { Protocol = MailProtocol.Imap, Port = 0, Tls = tls };
            var server = new ConnectionServer(
                proxy.Transport, new IPEndPoint(IPAddress.Loopback, 0), (connection, stop) => proxy.Node.ServeAsync(connection, listener, stop),
                proxy.Node.ServerOptions(listener), proxy._log, TimeProvider.System);
            await server.BindAsync(CancellationToken.None);
            proxy._servers.Add(server);
        }

        return proxy;
    }

    /// <summary>Verifies the proxy's certificate.</summary>
    public bool Verifies(X509Certificate2? certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authority.Authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return certificate is not null && chain.Build(certificate);
    }

    public static string UserOf(Random random) => $"user{random.Next(Users)}@example.org";

    /// <summary>To the other store.</summary>
    public void Move(string user) => _router.Pin(user, _router.Route(user, null).StoreId == "clear" ? "encrypted" : "clear");

    /// <summary>Clients come and go for so long.</summary>
    public async Task RunAsync(TimeSpan duration, int seed, SoakTally tally)
    {
        var since = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(number => Task.Run(async () =>
        {
            var random = new Random(seed + number);
            while (TimeProvider.System.GetElapsedTime(since) < duration)
            {
                await new SoakClient(this, random, tally).RunAsync();
            }
        })));
    }

    /// <summary>Until the last session has ended, for whatever reason; nobody is asked to.</summary>
    public async Task QuietAsync(TimeSpan patience)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (Node.LinkedSessions + Node.Limits.Count + _clear.Live + _encrypted.Live + (Usage?.Joins ?? 0) > 0 || Usage?.Watched > WatchedByListeners)
        {
            Assert.True(
                TimeProvider.System.GetElapsedTime(since) < patience,
                $"Left: {Node.LinkedSessions} linked, {Node.Limits.Count} counted, {_clear.Live} and {_encrypted.Live} at stores, {Usage}");
            await SoakPause.OfAsync(20, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        Node.Dispose();
        (Transport as IDisposable)?.Dispose();
        await _clear.DisposeAsync();
        await _encrypted.DisposeAsync();
        await _directory.DisposeAsync();
    }

    private MailProxy.Transport.Linux.TransportUsage? Usage => (Transport as MailProxy.Transport.Linux.LinuxTransport)?.Usage;
}
