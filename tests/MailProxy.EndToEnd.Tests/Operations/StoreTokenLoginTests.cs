using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using MailKit.Net.Imap;
using MailKit.Net.Pop3;
using MailKit.Security;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Operations;

/// <summary>Login <c>token</c>: a proxy that has a key and no certificate in front of a reference store that knows the public key, both as processes.</summary>
public sealed class StoreTokenLoginTests : IDisposable
{
    private const string User = "alice@example.org";

    private readonly TempDirectory _folder = new();
    private readonly TestAuthority _authority = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Imap_pop3_and_http_are_opened_by_tokens_until_the_store_does_not_know_the_key()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGHUP.");
        await WriteKeysAsync();
        await using var store = MailProxyProcess.Start("store", "--config", await StoreFileAsync());
        var ports = PortsOf(await store.SeeAsync("Store store-1 serves"), ["Imaps", "Pop3s", "Http"]);
        await using var proxy = MailProxyProcess.Start("proxy", "--config", await ProxyFileAsync(ports));
        var line = await proxy.SeeAsync("Proxy proxy-1 serves");
        await UseAsync(BoundOf(line, "imap"), BoundOf(line, "pop3"), BoundOf(line, "http"));

        // Another key at the store, which is told to look at once: nobody's password is wrong by that.
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await File.WriteAllTextAsync(_folder.File("token.pub"), other.ExportSubjectPublicKeyInfoPem());
        store.HangUp();
        await store.SeeAsync("token.pub were read again");
        using var imap = new ImapClient();
        await imap.ConnectAsync("127.0.0.1", BoundOf(line, "imap"), SecureSocketOptions.None);
        var exception = await Assert.ThrowsAsync<AuthenticationException>(() => imap.AuthenticateAsync(User, "secret"));
        Assert.Contains("Temporary failure", exception.ToString(), StringComparison.Ordinal);
        using var refused = await AskAsync(BoundOf(line, "http"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
    }

    private static async Task UseAsync(int imapPort, int pop3Port, int httpPort)
    {
        for (var round = 0; round < 2; round++)
        {
            using var imap = new ImapClient();
            await imap.ConnectAsync("127.0.0.1", imapPort, SecureSocketOptions.None);
            await imap.AuthenticateAsync(User, "secret");
            await imap.Inbox!.OpenAsync(MailKit.FolderAccess.ReadOnly);
            await imap.DisconnectAsync(quit: true);
            using var pop3 = new Pop3Client();
            await pop3.ConnectAsync("127.0.0.1", pop3Port, SecureSocketOptions.None);
            await pop3.AuthenticateAsync(User, "secret");
            Assert.Equal(0, pop3.Count);
            await pop3.DisconnectAsync(quit: true);
            using var answer = await AskAsync(httpPort);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Contains(User, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    private static async Task<HttpResponseMessage> AskAsync(int port)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(User + ":secret")));
        return await http.GetAsync(new Uri($"http://127.0.0.1:{port}/v1/me"));
    }

    // "Store store-1 serves Imaps 1234, Pop3s 1235".
    private static Dictionary<string, int> PortsOf(string line, string[] services) => services.ToDictionary(
        service => service.ToLowerInvariant(), service => Number(line, service + " "));

    // "Proxy proxy-1 serves imap 127.0.0.1:1234, ...".
    private static int BoundOf(string line, string name) => Number(line, $" {name} 127.0.0.1:");

    private static int Number(string line, string before)
    {
        var from = line.IndexOf(before, StringComparison.Ordinal) + before.Length;
        return int.Parse(string.Concat(line.Skip(from).TakeWhile(char.IsAsciiDigit)), CultureInfo.InvariantCulture);
    }

    private async Task WriteKeysAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await File.WriteAllTextAsync(_folder.File("token.key"), key.ExportPkcs8PrivateKeyPem());
        await File.WriteAllTextAsync(_folder.File("token.pub"), key.ExportSubjectPublicKeyInfoPem());
        using var certificate = _authority.Server();
        await File.WriteAllTextAsync(_folder.File("ca.pem"), _authority.Issuer.Root.ExportCertificatePem());
        await File.WriteAllTextAsync(_folder.File("cert.pem"), certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(_folder.File("key.pem"), certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
    }

    private async Task<string> StoreFileAsync()
    {
        var listeners = new[] { "imap", "pop3", "http" }.Select(protocol => new { Protocol = protocol, Address = "127.0.0.1", Port = 0, Tls = "implicit" });
        return await WriteAsync("store.json", new
        {
            Node = new { Name = "store-1", HostName = "localhost" },
            Store = new { Data = _folder.File("data") },
            Listeners = listeners,
            Tls = new { Certificate = "cert.pem", Key = "key.pem" },
            Access = new { TokenKeysFile = "token.pub" },

            // Nobody answers there, and nobody has to: the proxy's list of stores is fixed.
            Consul = new { Address = "127.0.0.1:1" },
        });
    }

    private async Task<string> ProxyFileAsync(Dictionary<string, int> ports) => await WriteAsync("proxy.json", new
    {
        Node = new { Name = "proxy-1", HostName = "localhost" },
        Listeners = new[] { "imap", "pop3" }.Select(protocol => new { Protocol = protocol, Address = "127.0.0.1", Port = 0, Tls = "none" }),
        Authentication = new { ClearText = "loopback" },
        Directory = new { Provider = "static", Static = new { Password = "{PLAIN}secret" } },
        Routing = new { Mode = "static", Stores = new[] { new { Id = "store-1", Address = "127.0.0.1", Ports = ports, Tls = "implicit" } } },
        Stores = new { Login = "token", TokenKeyFile = "token.key", Tls = new { Authorities = "ca.pem" } },
        Http = new { Listen = "127.0.0.1:0" },
    });

    private async Task<string> WriteAsync(string name, object configuration)
    {
        await File.WriteAllTextAsync(_folder.File(name), JsonSerializer.Serialize(configuration));
        return _folder.File(name);
    }
}
