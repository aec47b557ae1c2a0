using System.Globalization;
using System.Text.Json;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Rig;

/// <summary>One <c>mailproxy dev</c> process that many tests share; each test takes users of its own.</summary>
public sealed class DevClusterFixture : IAsyncLifetime, IMailCluster
{
    private const int UserCount = 240;

    private readonly TempDirectory _folder = new();
    private int _lastUser;

    /// <summary>The process.</summary>
    internal MailProxyProcess Process { get; private set; } = null!;

    /// <summary>Its --port-base.</summary>
    public int Base { get; private set; }

    /// <summary>Its --data.</summary>
    public string Data => _folder.File("data");

    /// <summary>The CA's certificate.</summary>
    public string Authority => Path.Combine(Data, "tls", "ca.pem");

    /// <summary>A port by its standard number.</summary>
    public int Port(int standard) => Base + standard;

    /// <summary>
    /// Takes a proxy of a test out of Consul's list after it was killed. There it would stay until its session runs out, and other tests must not wait for it,
    /// or hear that it does not answer.
    /// </summary>
    internal async Task ForgetProxyAsync(string name)
    {
        using var http = new HttpClient();
        using var gone = await http.DeleteAsync(new Uri($"http://127.0.0.1:{Port(7500)}/v1/kv/mailproxy/proxies/{name}"));
    }

    /// <summary>The same as text.</summary>
    public string PortText(int standard) => Port(standard).ToString(CultureInfo.InvariantCulture);

    /// <summary>A user that no other test has; the password is <c>secret</c>. Odd ones live on store-1, even ones on store-2.</summary>
    public string TakeUser(string store = "store-1")
    {
        lock (_folder)
        {
            do
            {
                _lastUser++;
            }
            while (HomeOf(_lastUser) != store);
            return _lastUser <= UserCount ? NameOf(_lastUser) : throw new InvalidOperationException("Too few users: raise UserCount.");
        }
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        System.IO.Directory.CreateDirectory(Data);
        var users = Enumerable.Range(1, UserCount).Select(number => new { name = NameOf(number), password = "{PLAIN}secret", home = HomeOf(number) });
        await File.WriteAllTextAsync(Path.Combine(Data, "users.json"), JsonSerializer.Serialize(new { domains = new[] { "example.org" }, users }));
        Base = PortBase.Find();
        Process = MailProxyProcess.Start("dev", "--port-base", PortText(0), "--data", Data, "--log", "debug");
        await Process.SeeAsync("A mail cluster is running");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _folder.Dispose();
    }

    private static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"user{number}@example.org");

    private static string HomeOf(int number) => number % 2 == 1 ? "store-1" : "store-2";
}
