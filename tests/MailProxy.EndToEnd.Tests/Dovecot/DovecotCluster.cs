using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Routing.Consul.Embedded;
using MailProxy.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Dovecot;

/// <summary>Two Dovecots, a Consul agent that knows them, and a real <c>mailproxy proxy</c> in front; each test takes users of its own.</summary>
public abstract class DovecotCluster : IAsyncLifetime, IMailCluster
{
    private const int UsersPerStore = 20;

    // fetchmail, swaks and the like read it; Dovecot's unprivileged processes walk through it.
    private const UnixFileMode Passable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly TempDirectory _folder = new();
    private readonly HttpClient _http = new();
    private readonly Dictionary<string, int> _taken = [];
    private EmbeddedConsulAgent? _agent;
    private int _base;

    /// <summary>The home of users who log in to Dovecot with their own password: store-1 under another name.</summary>
    internal const string ReplayStore = "store-replay";

    /// <summary>store-1.</summary>
    internal DovecotServer First { get; private set; } = null!;

    /// <summary>store-2.</summary>
    internal DovecotServer Second { get; private set; } = null!;

    /// <summary>The proxy.</summary>
    internal MailProxyProcess Proxy { get; private set; } = null!;

    /// <inheritdoc/>
    public string Authority => _folder.File("ca.pem");

    private protected abstract DovecotTls Tls { get; }

    /// <inheritdoc/>
    public int Port(int standard) => _base + standard;

    /// <summary>The same as text.</summary>
    public string PortText(int standard) => Port(standard).ToString(CultureInfo.InvariantCulture);

    /// <summary>A user that no other test has; the password is <c>secret</c>.</summary>
    public string TakeUser(string store = "store-1")
    {
        lock (_taken)
        {
            var number = _taken[store] = _taken.GetValueOrDefault(store) + 1;
            return number <= UsersPerStore ? NameOf(store, number) : throw new InvalidOperationException("Too few users: raise UsersPerStore.");
        }
    }

    /// <summary>Writes a key as an operator does.</summary>
    public async Task PutKeyAsync(string key, string value)
    {
        using var answer = await _http.PutAsync(new Uri($"{_agent!.Address}/v1/kv/{key}"), new StringContent(value));
        Assert.Equal("true", (await answer.Content.ReadAsStringAsync()).Trim());
    }

    /// <summary>The proxy's readiness with every detail, and its status.</summary>
    public async Task<(HttpStatusCode Status, string Text)> ReadinessAsync()
    {
        using var answer = await _http.GetAsync(new Uri($"http://127.0.0.1:{Port(7081)}/readyz?verbose"));
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (!ForeignProgram.IsInstalled("dovecot"))
        {
            // The tests say by name that they are skipped.
            return;
        }

        File.SetUnixFileMode(_folder.Path, Passable);
        _base = PortBase.Find();
        var authority = new TestAuthority();
        First = new DovecotServer(new DovecotOptions(_folder.File("store-1"), Port(9100), Tls));
        Second = new DovecotServer(new DovecotOptions(_folder.File("store-2"), Port(9200), Tls));
        await Task.WhenAll(First.InstallAsync(authority), Second.InstallAsync(authority));
        _agent = await EmbeddedConsulAgent.StartAsync(new EmbeddedAgentOptions { Port = 0 }, NullLogger.Instance, TimeProvider.System, CancellationToken.None);
        await RegisterAsync("store-1", First.Options, "master", Tls == DovecotTls.None ? "none" : "starttls");
        await RegisterAsync("store-2", Second.Options, "master", Tls == DovecotTls.None ? "none" : "implicit");
        await RegisterAsync(ReplayStore, First.Options, "password", Tls == DovecotTls.None ? "none" : "starttls");
        await WriteProxyFilesAsync(authority);
        Proxy = MailProxyProcess.Start("proxy", "--config", _folder.File("proxy.json"));
        await Proxy.SeeAsync("Proxy proxy-1 serves");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var part in new IAsyncDisposable?[] { Proxy, _agent, First, Second })
        {
            await (part?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        _http.Dispose();
        _folder.Dispose();
    }

    // As docs/dovecot.md has it. No checks: what a test does to a Dovecot must not depend on when somebody last looked.
    private async Task RegisterAsync(string id, DovecotOptions dovecot, string login, string tls)
    {
        var isImplicit = tls == "implicit";
        var meta = new Dictionary<string, string>
        {
            [isImplicit ? "imaps" : "imap"] = PortOf(isImplicit ? 93 : 43),
            [isImplicit ? "pop3s" : "pop3"] = PortOf(isImplicit ? 95 : 10),
            ["lmtp"] = PortOf(isImplicit ? 80 : 24),
            ["sieve"] = PortOf(isImplicit ? 42 : 41),
            ["login"] = login,
            ["tls"] = tls,
        };
        using var answer = await _http.PutAsJsonAsync(
            new Uri($"{_agent!.Address}/v1/agent/service/register"),
            new Dictionary<string, object> { ["ID"] = id, ["Name"] = "mail-store", ["Address"] = "127.0.0.1", ["Meta"] = meta });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());

        string PortOf(int service) => (dovecot.FirstPort + service).ToString(CultureInfo.InvariantCulture);
    }

    private async Task WriteProxyFilesAsync(TestAuthority authority)
    {
        using var certificate = authority.Server();
        await File.WriteAllTextAsync(Authority, authority.Issuer.Root.ExportCertificatePem());
        await File.WriteAllTextAsync(_folder.File("cert.pem"), certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(_folder.File("key.pem"), certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        await File.WriteAllTextAsync(_folder.File("master"), DovecotOptions.MasterPassword + "\n");
        var users = from store in new[] { "store-1", "store-2", ReplayStore }
                    from number in Enumerable.Range(1, UsersPerStore)
                    select new { name = NameOf(store, number), home = store, password = "{PLAIN}" + (store == ReplayStore ? DovecotOptions.UserPassword : "secret") };
        await File.WriteAllTextAsync(_folder.File("users.json"), JsonSerializer.Serialize(new { domains = new[] { "example.org" }, users }));
        var listeners = from entry in new[]
                        {
                            ("imap", 143, "starttls"), ("imap", 993, "implicit"), ("pop3", 110, "starttls"), ("pop3", 995, "implicit"),
                            ("submission", 587, "starttls"), ("submission", 465, "implicit"), ("mx", 25, "starttls"), ("lmtp", 24, "none"), ("sieve", 4190, "starttls"),
                        }
                        select new { Protocol = entry.Item1, Address = "127.0.0.1", Port = Port(entry.Item2), Tls = entry.Item3 };
        await File.WriteAllTextAsync(_folder.File("proxy.json"), JsonSerializer.Serialize(new
        {
            Node = new { Name = "proxy-1", HostName = "localhost", Address = "127.0.0.1" },
            Transport = "auto",
            Listeners = listeners,
            Tls = new { Certificate = "cert.pem", Key = "key.pem" },
            Directory = new { Provider = "file", File = new { Path = "users.json" } },
            Consul = new { Address = _agent!.Endpoint.ToString() },
            Stores = new { Login = "master", DovecotOptions.MasterUser, MasterPasswordFile = "master", Tls = new { Authorities = "ca.pem" } },
            Http = new { Admin = $"127.0.0.1:{Port(7081)}" },
            Log = new { Level = "debug" },
        }));
    }

    private static string NameOf(string store, int number) => string.Create(CultureInfo.InvariantCulture, $"user{number}-{store}@example.org");
}
