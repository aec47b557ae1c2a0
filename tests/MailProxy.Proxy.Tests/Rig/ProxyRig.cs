using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using MailProxy.Directory;
using MailProxy.Directory.File;
using MailProxy.Proxy.Accept;
using MailProxy.Proxy.Authenticate;
using MailProxy.Proxy.Connect;
using MailProxy.Proxy.Count;
using MailProxy.Proxy.Milter;
using MailProxy.Proxy.Relay;
using MailProxy.Proxy.Sessions;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Proxy.Submission;
using MailProxy.Testing;
using MailProxy.Transport;
using MailProxy.Transport.Memory;
using MailProxy.Transport.Serving;
using MailProxy.Transport.Tls;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace MailProxy.Proxy.Tests.Rig;

/// <summary>A proxy node with a fake clock, a real file directory and scripted stores; in memory, or on loopback with ports that are free.</summary>
internal sealed class ProxyRig : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _parts = [];
    private readonly TempDirectory _folder = new();
    private readonly TestAuthority _authority = new();
    private readonly ConcurrentDictionary<(string Id, int Port), int> _ports = new();
    private readonly ClosedPort? _closed;
    private FileUserDirectory? _directory;
    private ProxyNode? _node;

    /// <summary>The count of users' sessions on all nodes; null: none.</summary>
    public ISharedSessions? SharedSessions { get; set; }

    /// <summary>The clock of everything in the rig.</summary>
    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));

    public IMailTransport Transport { get; }

    public TableRouter Router { get; }

    public RecordingLogger Log { get; } = new();

    /// <summary>Who is asked instead of the file.</summary>
    public IUserDirectory? Users { get; set; }

    /// <summary>What clients are offered.</summary>
    public SaslMechanisms Mechanisms { get; set; } = SaslMechanisms.Passwords;

    /// <summary>Which name of a client certificate is the user's.</summary>
    public CertificateNameRule CertificateName { get; set; }

    /// <summary>Client certificates are asked for, and verified against these.</summary>
    public System.Security.Cryptography.X509Certificates.X509Certificate2Collection? ClientAuthorities { get; set; }

    public LimitOptions Limits { get; } = new() { FailureDelay = TimeSpan.Zero };

    public ClearTextPolicy ClearText { get; set; } = ClearTextPolicy.Always;

    public StoreLegOptions Stores { get; } = new() { Login = StoreLoginMethod.Master, MasterUser = "proxy" };

    /// <summary>False: no account at the stores is configured.</summary>
    public bool HasMaster { get; set; } = true;

    /// <summary>Signs for <c>token</c> logins.</summary>
    public IStoreTokenSigner? Tokens { get; set; }

    public RelayOptions Relay { get; } = new();

    public SubmissionOptions Submission { get; } = new();

    public MilterOptions Milter { get; } = new();

    /// <summary>True: whatever is looked up, the directory cannot say now.</summary>
    public bool DirectoryIsAway { get; set; }

    /// <summary>What clients of the rig need for TLS.</summary>
    public TlsClientSettings ClientTls => _authority.ClientSettings();

    /// <summary>What scripted stores need for TLS: a certificate for the name that the proxy dials; without an id, for <see cref="ClientTls"/>.</summary>
    public TlsServerSettings StoreTls(string? id = null) => id is null || _closed is not null ? _authority.ServerSettings() : _authority.ServerSettings(AddressOf(id));

    public ProxyRig(RigTransport on, int reactors = 2)
    {
        Transport = RigTransports.Create(on, Time, reactors);
        _closed = on == RigTransport.Memory ? null : new ClosedPort();
        Router = new TableRouter(AddressOf, (id, port) => _ports.GetValueOrDefault((id, port), _closed?.Port ?? port));
        Router.AddStore("store-1");
        Router.AddStore("store-2");
    }

    /// <summary>Of listeners to come: they require a PROXY header.</summary>
    public ProxyHeaderMode ProxyHeader { get; set; }

    /// <summary>Of listeners to come: who may say for which client it speaks.</summary>
    public List<string> TrustedPeers { get; set; } = [];

    /// <summary>A client of a new listener, connected; the proxy is started by the first.</summary>
    public async Task<DialogueClient> ConnectAsync(MailProtocol protocol, ListenerTlsMode tls = ListenerTlsMode.StartTls, int connections = 100)
    {
        var node = _node ??= await StartAsync();
        var listener = new ListenerOptions { Protocol = protocol, Port = 0, Tls = tls, Connections = connections, ProxyHeader = ProxyHeader, TrustedPeers = TrustedPeers };
        Server = new ConnectionServer(
            Transport, NewEndPoint($"proxy-{_parts.Count}"), (connection, stop) => node.ServeAsync(connection, listener, stop), node.ServerOptions(listener), Log, Time);
        _parts.Add(Server);
        await Server.BindAsync(CancellationToken.None);
        return await ConnectAgainAsync();
    }

    /// <summary>One more client of the last listener.</summary>
    public async Task<DialogueClient> ConnectAgainAsync()
    {
        var client = new DialogueClient(await Transport.ConnectAsync(Server!.BoundEndPoint, CancellationToken.None));
        _parts.Add(client);
        return client;
    }

    /// <summary>The node, once a client has connected.</summary>
    public ProxyNode Node => _node!;

    /// <summary>What the node began with.</summary>
    public ProxySettings? Settings { get; private set; }

    /// <summary>The listener of the last client.</summary>
    public ConnectionServer? Server { get; private set; }

    /// <summary>A store that listens, from now on, at what is its well-known port in memory.</summary>
    public async Task<ScriptedStore> StoreAsync(string id, int port)
    {
        var store = await ScriptedStore.ListenAsync(Transport, NewEndPoint($"{id}:{port}"));
        _parts.Add(store);
        if (store.EndPoint is IPEndPoint bound)
        {
            _ports[(id, port)] = bound.Port;
        }

        return store;
    }

    /// <summary>How the proxy's configuration names a store that listens: <c>host:port</c>.</summary>
    public string HostAndPortOf(string id, int port) => $"{AddressOf(id)}:{_ports.GetValueOrDefault((id, port), port)}";

    /// <summary>Where a store listens, as a directory names it that knows no ids.</summary>
    public StoreAddress StoreAddressOf(string id, int port) => new(AddressOf(id), _ports.GetValueOrDefault((id, port), port));

    public async ValueTask DisposeAsync()
    {
        for (var i = _parts.Count - 1; i >= 0; i--)
        {
            // A session that waits by a clock that stands still never ends: a test that failed says so, and does not hang.
            await _parts[i].DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        }

        _node?.Dispose();
        if (_directory is not null)
        {
            await _directory.DisposeAsync();
        }

        (Transport as IDisposable)?.Dispose();
        _closed?.Dispose();
        _folder.Dispose();
    }

    private string AddressOf(string id) => _closed is null ? "memory:" + id : IPAddress.Loopback.ToString();

    private EndPoint NewEndPoint(string name) => _closed is null ? new MemoryEndPoint(name) : new IPEndPoint(IPAddress.Loopback, 0);

    private async Task<ProxyNode> StartAsync()
    {
        var users = new object[]
        {
            new { name = "alice@example.org", password = "{PLAIN}secret", home = "store-1" },
            new { name = "postmaster@example.org", password = "{PLAIN}secret", home = "store-1" },
            new { name = "bob@example.org", password = "{PLAIN}secret", home = "store-2" },
            new { name = "carl@example.org", password = "{PLAIN}secret", home = "store-3" },
            new { name = "dora@example.org", password = "{PLAIN}secret", home = "store-1", disabled = true },
            new { name = "erik@example.org", password = "{PLAIN}secret", home = "store-9" },
        };
        var aliases = new Dictionary<string, string[]>
        {
            ["team@example.org"] = ["alice@example.org", "bob@example.org"],
            ["all@example.org"] = ["alice@example.org", "bob@example.org", "carl@example.org"],
        };
        var file = _folder.File("users.json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new { domains = new[] { "example.org" }, users, aliases }));
        _directory = new FileUserDirectory(new FileDirectoryOptions { Path = file }, NullLogger<FileUserDirectory>.Instance, Time);
        await _directory.StartAsync(CancellationToken.None);
        Settings = new ProxySettings(
            "mail.example.org",
            new ServerTls(_authority.ServerSettings() with { ClientAuthorities = ClientAuthorities }),
            ClearText,
            Limits,
            Stores,
            new StoreTlsIdentity(_authority.Authorities, _authority.Client("proxy-1")),
            HasMaster ? new MasterAccount("proxy", new Directory.Secret("master"u8.ToArray())) : null,
            Relay,
            Tokens)
        {
            Mechanisms = Mechanisms,
            CertificateName = CertificateName,
            Submission = Submission,
            Milter = Milter,
            RelayAccess = new RelayAccess(
                new StoreTlsIdentity(_authority.Authorities, null), Relay.User.Length == 0 ? null : new MasterAccount(Relay.User, new Directory.Secret("relay-secret"u8.ToArray()))),
        };
        return new ProxyNode(Settings, Transport, Users ?? new AwayDirectory(_directory, () => DirectoryIsAway), Router, new LoggerOf<ProxyNode>(Log), Time, new Random(1), SharedSessions);
    }
}
