using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Routing.Consul.Embedded;
using MailProxy.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailProxy.EndToEnd.Tests.Moves.Chaos;

/// <summary>Three proxies and three stores as processes, mutual TLS between them, and an agent in this process that nobody kills.</summary>
internal sealed class ChaosCluster : IAsyncDisposable
{
    /// <summary>Proxies, and stores.</summary>
    public const int Size = 3;

    // Of the ports that PortBase has found free: three for each proxy, four for each store.
    private static readonly int[][] ProxyPorts = [[143, 110, 25], [993, 995, 24], [9143, 9110, 9124]];
    private static readonly int[][] StorePorts = [[9193, 9195, 9224, 9180], [9243, 9210, 587, 9280], [9293, 9295, 465, 7080]];

    private readonly TempDirectory _folder = new();
    private readonly TestAuthority _authority = new();
    private readonly int _base = PortBase.Find();
    private EmbeddedConsulAgent _agent = null!;

    /// <summary>Proxies.</summary>
    public IReadOnlyList<ChaosNode> Proxies { get; private set; } = [];

    /// <summary>Stores.</summary>
    public IReadOnlyList<ChaosNode> Stores { get; private set; } = [];

    /// <summary>A configuration for operators.</summary>
    public string OperatorFile => _folder.File("proxy-1.json");

    /// <summary>Where Consul's API is.</summary>
    public Uri Consul => new(_agent.Address);

    /// <summary>Certificates.</summary>
    public TestAuthority Authority => _authority;

    /// <summary>Starts everything.</summary>
    public static async Task<ChaosCluster> StartAsync(int users)
    {
        var cluster = new ChaosCluster();
        try
        {
            await cluster.StartPartsAsync(users);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>A proxy's name.</summary>
    public static string ProxyName(int proxy) => Name("proxy", proxy);

    /// <summary>A proxy's port for IMAP, POP3 and MX.</summary>
    public int ImapPort(int proxy) => _base + ProxyPorts[proxy][0];

    /// <summary>POP3.</summary>
    public int Pop3Port(int proxy) => _base + ProxyPorts[proxy][1];

    /// <summary>MX.</summary>
    public int MxPort(int proxy) => _base + ProxyPorts[proxy][2];

    /// <summary>A store's HTTP.</summary>
    public int StoreHttpPort(int store) => _base + StorePorts[store][3];

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var node in Proxies.Concat(Stores))
        {
            await node.DisposeAsync();
        }

        if (_agent is not null)
        {
            await _agent.DisposeAsync();
        }

        _folder.Dispose();
    }

    private async Task StartPartsAsync(int users)
    {
        _agent = await EmbeddedConsulAgent.StartAsync(
            new EmbeddedAgentOptions { Port = 0 }, NullLogger.Instance, TimeProvider.System, CancellationToken.None);
        await WriteUsersAsync(users);
        await WriteCertificatesAsync();
        Stores = [.. await Task.WhenAll(Enumerable.Range(0, Size).Select(async number =>
            new ChaosNode(Name("store", number), " serves ", "store", "--config", await WriteAsync(Name("store", number), Store(number)))))];
        Proxies = [.. await Task.WhenAll(Enumerable.Range(0, Size).Select(async number =>
            new ChaosNode(Name("proxy", number), "serves imap", "proxy", "--config", await WriteAsync(Name("proxy", number), Proxy(number)))))];
        foreach (var node in Stores.Concat(Proxies))
        {
            await node.StartAsync();
        }
    }

    private static string Name(string kind, int number) => string.Create(CultureInfo.InvariantCulture, $"{kind}-{number + 1}");

    private object Proxy(int number) => new
    {
        Node = new { Name = Name("proxy", number), HostName = "localhost", Address = "127.0.0.1" },
        Listeners = new[] { "imap", "pop3", "mx" }.Select((protocol, index) => Listener(protocol, _base + ProxyPorts[number][index], "none")),
        Authentication = new { ClearText = "loopback" },

        // Every client has the same address.
        Directory = new { Provider = "file", File = new { Path = "users.json" }, Guard = new { FreeWhereKnown = 100_000, Free = 100_000 } },
        Limits = new { ConnectionsPerAddress = 6_000 },
        Consul = new { Address = _agent.Endpoint.ToString() },
        Stores = new { Login = "external", Tls = new { Authorities = "ca.pem", ClientCertificate = "proxy.crt", ClientKey = "proxy.key" } },
    };

    private object Store(int number) => new
    {
        Node = new { Name = Name("store", number), HostName = "localhost", Address = "127.0.0.1" },
        Store = new { Data = _folder.File(Name("store", number)) },
        Listeners = new[] { "imap", "pop3", "lmtp", "http" }.Select((protocol, index) => Listener(protocol, _base + StorePorts[number][index], "implicit")),
        Tls = new { Certificate = "server.crt", Key = "server.key", ClientAuthorities = "ca.pem", RequireClientCertificate = true },
        Access = new { TrustedClients = new[] { "proxy" }, TrustedStores = new[] { "store" } },
        Moves = new { Authorities = "ca.pem", ClientCertificate = "store.crt", ClientKey = "store.key" },
        Consul = new { Address = _agent.Endpoint.ToString() },

        // Who is served when is told at this level.
        Log = new { Level = "debug" },
    };

    private static object Listener(string protocol, int port, string tls) => new { Protocol = protocol, Address = "127.0.0.1", Port = port, Tls = tls };

    private async Task<string> WriteAsync(string name, object configuration)
    {
        var file = _folder.File(name + ".json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(configuration));
        return file;
    }

    private async Task WriteUsersAsync(int users)
    {
        var entries = Enumerable.Range(0, users).Select(number => new { name = ChaosUser.NameOf(number), password = "{PLAIN}secret", home = ChaosUser.HomeOf(number) });
        await File.WriteAllTextAsync(_folder.File("users.json"), JsonSerializer.Serialize(new { domains = new[] { "example.org" }, users = entries }));
    }

    private async Task WriteCertificatesAsync()
    {
        await File.WriteAllTextAsync(_folder.File("ca.pem"), _authority.Issuer.Root.ExportCertificatePem());
        using var server = _authority.Server();
        await WriteAsync("server", server);
        foreach (var name in new[] { "proxy", "store" })
        {
            using var client = _authority.Client(name);
            await WriteAsync(name, client);
        }
    }

    private async Task WriteAsync(string name, X509Certificate2 certificate)
    {
        await File.WriteAllTextAsync(_folder.File(name + ".crt"), certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(_folder.File(name + ".key"), certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
    }
}
