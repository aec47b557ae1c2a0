using System.Globalization;
using System.Text.Json;
using MailProxy.Testing;

namespace MailProxy.EndToEnd.Tests.Rig;

/// <summary>One more proxy in front of the dev cluster's stores, which offers every mechanism and asks clients for certificates.</summary>
internal sealed class MechanismProxy(DevClusterFixture cluster, MailProxyProcess process, TempDirectory folder, string listeners) : IAsyncDisposable
{
    private const string Name = "mechanisms";

    /// <summary>The process.</summary>
    public MailProxyProcess Process => process;

    /// <summary>A file of its folder: <c>user.pem</c> and <c>user.key</c> are a client certificate of the user it was started for.</summary>
    public string File(string name) => folder.File(name);

    /// <summary>A port by its listener's name: <c>imaps</c>.</summary>
    public int Port(string listener)
    {
        var entry = listeners.Split(", ").Single(one => one.Contains(listener + " 127.0.0.1:", StringComparison.Ordinal));
        return int.Parse(entry[(entry.LastIndexOf(':') + 1)..].Split(' ')[0], CultureInfo.InvariantCulture);
    }

    /// <summary>Starts it and waits until it serves.</summary>
    /// <param name="cluster">Whose stores, users and keys it shares.</param>
    /// <param name="user">Who has a certificate.</param>
    /// <param name="transport"><c>linux</c> or <c>portable</c>.</param>
    /// <param name="mechanisms">What is offered.</param>
    public static async Task<MechanismProxy> StartAsync(DevClusterFixture cluster, string user, string transport, params string[] mechanisms)
    {
        var folder = new TempDirectory();
        var authority = await IssueAsync(folder, user);
        string Tls(string name) => Path.Combine(cluster.Data, "tls", name);
        object Listener(string protocol, string tls) => new { Protocol = protocol, Address = "127.0.0.1", Port = 0, Tls = tls };
        await System.IO.File.WriteAllTextAsync(folder.File("proxy.json"), JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["Node"] = new { Name, HostName = "localhost", Address = "127.0.0.1" },
            ["Transport"] = transport,
            ["Listeners"] = new[]
            {
                Listener("imap", "starttls"), Listener("imap", "implicit"), Listener("pop3", "starttls"), Listener("pop3", "implicit"),
                Listener("submission", "starttls"), Listener("submission", "implicit"),
            },
            ["Tls"] = new { Certificate = Tls("localhost.pem"), Key = Tls("localhost.key"), ClientAuthorities = authority },
            ["Authentication"] = new { Mechanisms = mechanisms },
            ["Directory"] = new { Provider = "file", File = new { Path = Path.Combine(cluster.Data, "users.json") } },
            ["Consul"] = new { Address = $"http://127.0.0.1:{cluster.Port(7500)}" },
            ["Stores"] = new { Login = "external", Tls = new { Authorities = cluster.Authority, ClientCertificate = Tls("proxy-1.pem"), ClientKey = Tls("proxy-1.key") } },
            ["Http"] = new { Listen = "", Admin = "127.0.0.1:0", AgentCheck = "" },
        }));
        var process = MailProxyProcess.Start("proxy", "--config", folder.File("proxy.json"));
        try
        {
            var line = await process.SeeAsync("Proxy mechanisms serves");
            return new MechanismProxy(cluster, process, folder, line[line.IndexOf("serves ", StringComparison.Ordinal)..]);
        }
        catch
        {
            await process.DisposeAsync();
            folder.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        await cluster.ForgetProxyAsync(Name);
        folder.Dispose();
    }

    // By openssl, as an operator would.
    private static async Task<string> IssueAsync(TempDirectory folder, string user)
    {
        await System.IO.File.WriteAllTextAsync(folder.File("names"), $"subjectAltName=email:{user}\nextendedKeyUsage=clientAuth\n");
        await OpenSslAsync("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=Users", "-days", "2", "-keyout", folder.File("ca.key"), "-out", folder.File("ca.pem"));
        await OpenSslAsync("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=somebody", "-keyout", folder.File("user.key"), "-out", folder.File("user.csr"));
        await OpenSslAsync(
            "x509", "-req", "-in", folder.File("user.csr"), "-CA", folder.File("ca.pem"), "-CAkey", folder.File("ca.key"), "-CAcreateserial", "-days", "1",
            "-extfile", folder.File("names"), "-out", folder.File("user.pem"));
        return folder.File("ca.pem");
    }

    private static async Task OpenSslAsync(params string[] arguments) => (await ForeignProgram.RunAsync("openssl", arguments)).Expect(0);
}
