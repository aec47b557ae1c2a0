using System.Text.Json;
using MailProxy.Directory.File;
using MailProxy.Proxy.Accept;
using MailProxy.Proxy.Authenticate;
using MailProxy.Proxy.Connect;
using MailProxy.Proxy.Relay;
using MailProxy.Proxy.Sessions;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Testing;
using MailProxy.Transport.Memory;
using MailProxy.Transport.Serving;
using MailProxy.Transport.Tls;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace MailProxy.Proxy.Tests.Rig;

/// <summary>A proxy node in memory with a fake clock, a real file directory and scripted stores.</summary>
internal sealed class ProxyRig : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _parts = [];
    private readonly TempDirectory _folder = new();
    private readonly TestAuthority _authority = new();
    private FileUserDirectory? _directory;
    private ProxyNode? _node;

    /// <summary>The clock of everything in the rig.</summary>
    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));

    public MemoryTransport Transport { get; }

    public TableRouter Router { get; } = new();

    public RecordingLogger Log { get; } = new();

    public LimitOptions Limits { get; } = new() { FailureDelay = TimeSpan.Zero };

    public ClearTextPolicy ClearText { get; set; } = ClearTextPolicy.Always;

    public StoreLegOptions Stores { get; } = new() { Login = StoreLoginMethod.Master, MasterUser = "proxy" };

    public RelayOptions Relay { get; } = new();

    /// <summary>What clients of the rig need for TLS.</summary>
    public TlsClientSettings ClientTls => _authority.ClientSettings();

    /// <summary>What scripted stores need for TLS. The proxy dials them as <c>memory:ID</c>.</summary>
    public TlsServerSettings StoreTls(params string[] names) => _authority.ServerSettings(names);

    public ProxyRig()
    {
        Transport = new MemoryTransport(Time);
        Router.AddStore("store-1");
        Router.AddStore("store-2");
    }

    /// <summary>A listener's client, connected; the proxy is started by the first.</summary>
    public async Task<DialogueClient> ConnectAsync(MailProtocol protocol, ListenerTlsMode tls = ListenerTlsMode.StartTls)
    {
        _node ??= await StartAsync();
        var endPoint = new MemoryEndPoint($"proxy-{protocol}-{tls}-{_parts.Count}");
        var listener = new ListenerOptions { Protocol = protocol, Port = 0, Tls = tls };
        var server = new ConnectionServer(Transport, endPoint, (connection, stop) => _node.ServeAsync(connection, listener, stop), new ConnectionServerOptions(), Log, Time);
        _parts.Add(server);
        await server.BindAsync(CancellationToken.None);
        Server = server;
        var client = new DialogueClient(await Transport.ConnectAsync(endPoint, CancellationToken.None));
        _parts.Add(client);
        return client;
    }

    /// <summary>The listener of the last client.</summary>
    public ConnectionServer? Server { get; private set; }

    public async Task<ScriptedStore> StoreAsync(string id, int port)
    {
        var store = await ScriptedStore.ListenAsync(Transport, id, port);
        _parts.Add(store);
        return store;
    }

    public async ValueTask DisposeAsync()
    {
        for (var i = _parts.Count - 1; i >= 0; i--)
        {
            await _parts[i].DisposeAsync();
        }

        _node?.Dispose();
        if (_directory is not null)
        {
            await _directory.DisposeAsync();
        }

        _folder.Dispose();
    }

    private async Task<ProxyNode> StartAsync()
    {
        var users = new object[]
        {
            new { name = "alice@example.org", password = "{PLAIN}secret", home = "store-1" },
            new { name = "postmaster@example.org", password = "{PLAIN}secret", home = "store-1" },
            new { name = "bob@example.org", password = "{PLAIN}secret", home = "store-2" },
            new { name = "dora@example.org", password = "{PLAIN}secret", home = "store-1", disabled = true },
            new { name = "erik@example.org", password = "{PLAIN}secret", home = "store-9" },
        };
        var aliases = new Dictionary<string, string[]> { ["team@example.org"] = ["alice@example.org", "bob@example.org"] };
        var file = _folder.File("users.json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new { domains = new[] { "example.org" }, users, aliases }));
        _directory = new FileUserDirectory(new FileDirectoryOptions { Path = file }, NullLogger<FileUserDirectory>.Instance, Time);
        await _directory.StartAsync(CancellationToken.None);
        var settings = new ProxySettings(
            "mail.example.org",
            new ServerTls(_authority.ServerSettings()),
            ClearText,
            Limits,
            Stores,
            new StoreTlsIdentity(_authority.Authorities, _authority.Client("proxy-1")),
            new MasterAccount("proxy", new Directory.Secret("master"u8.ToArray())),
            Relay);
        return new ProxyNode(settings, Transport, _directory, Router, new LoggerOf<ProxyNode>(Log), Time, new Random(1));
    }

    private sealed class LoggerOf<T>(ILogger inner) : ILogger<T>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            inner.Log(logLevel, eventId, state, exception, formatter);
    }
}
