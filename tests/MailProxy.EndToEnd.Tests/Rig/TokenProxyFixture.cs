using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using MailProxy.Testing;
using MailProxy.Testing.OAuth;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Rig;

/// <summary>An issuer, and one more proxy in front of the dev cluster's stores whose directory is that issuer and the cluster's own file.</summary>
public sealed partial class TokenProxyFixture(DevClusterFixture cluster) : IAsyncLifetime
{
    private const string Name = "tokens";

    private readonly TempDirectory _folder = new();
    private readonly Dictionary<string, string> _ports = [];

    /// <summary>Whose tokens are good.</summary>
    public TestIssuer Issuer { get; private set; } = null!;

    /// <summary>The proxy.</summary>
    internal MailProxyProcess Process { get; private set; } = null!;

    /// <summary>Where a listener is: <c>imap</c>, <c>pop3</c> and <c>submission</c> by implicit TLS, <c>http</c>.</summary>
    public string Url(string scheme, string listener) => string.Create(CultureInfo.InvariantCulture, $"{scheme}://localhost:{_ports[listener]}");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        try
        {
            Issuer = await TestIssuer.StartAsync();
            await File.WriteAllTextAsync(_folder.File("proxy.json"), JsonSerializer.Serialize(Configuration()));
            Process = MailProxyProcess.Start("proxy", "--config", _folder.File("proxy.json"));
            foreach (Match match in Bound().Matches(await Process.SeeAsync("serves imaps")))
            {
                _ports[match.Groups[1].Value] = match.Groups[2].Value;
            }
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await (Process?.DisposeAsync() ?? ValueTask.CompletedTask);
        await cluster.ForgetProxyAsync(Name);
        await (Issuer?.DisposeAsync() ?? ValueTask.CompletedTask);
        _folder.Dispose();
    }

    [GeneratedRegex("(imap|pop3|submission|http)s? 127\\.0\\.0\\.1:(\\d+)")]
    private static partial Regex Bound();

    private static object Listener(string protocol) => new { Protocol = protocol, Address = "127.0.0.1", Port = 0, Tls = "implicit" };

    private object Configuration()
    {
        var tls = Path.Combine(cluster.Data, "tls");
        return new
        {
            Node = new { Name, HostName = "localhost" },
            Listeners = new[] { Listener("imap"), Listener("pop3"), Listener("submission") },
            Tls = new { Certificate = Path.Combine(tls, "localhost.pem"), Key = Path.Combine(tls, "localhost.key") },
            Directory = new
            {
                Provider = "chain",
                Chain = new object[]
                {
                    new { Name = "tokens", Provider = "oauth", OAuth = new { Issuer = Issuer.Url, Audiences = new[] { "mail" }, Scopes = new[] { "imap" }, Users = "staff" } },
                    new { Name = "staff", Provider = "file", File = new { Path = Path.Combine(cluster.Data, "users.json") } },
                },

                // Every client of the tests has the same address.
                Guard = new { FreeWhereKnown = 10_000, Free = 1_000 },
            },
            Consul = new { Address = $"127.0.0.1:{cluster.Port(7500)}" },
            Stores = new
            {
                Login = "external",
                Tls = new { Authorities = cluster.Authority, ClientCertificate = Path.Combine(tls, "proxy-1.pem"), ClientKey = Path.Combine(tls, "proxy-1.key") },
            },
            Http = new { Listen = "127.0.0.1:0" },
        };
    }
}
