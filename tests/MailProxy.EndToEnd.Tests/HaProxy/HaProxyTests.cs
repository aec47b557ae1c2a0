using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using MailKit.Net.Imap;
using MailKit.Security;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.EndToEnd.Tests.HaProxy;

/// <summary>A real HAProxy in front of listeners that require its header: the proxy knows the clients by their own addresses.</summary>
[Collection(nameof(DevClusterCollection))]
public sealed class HaProxyTests(DevClusterFixture cluster)
{
    private static readonly IPAddress ClientAddress = IPAddress.Parse("127.0.0.77");

    // Two listeners of a proxy by what SecondProxy's configuration has, and what is said besides.
    private static readonly string[] Required =
    [
        "Listeners:0:Tls=implicit", "Listeners:0:ProxyHeader=required", "Listeners:0:TrustedPeers:0=127.0.0.1",
        "Listeners:1:Protocol=imap", "Listeners:1:Address=127.0.0.1", "Listeners:1:Port=0", "Listeners:1:ProxyHeader=required", "Listeners:1:TrustedPeers:0=127.0.0.0/8",
        "Listeners:2:Protocol=mx", "Listeners:2:Address=127.0.0.1", "Listeners:2:Port=0", "Listeners:2:ProxyHeader=required", "Listeners:2:TrustedPeers:0=127.0.0.0/8",
        "Authentication:ClearText=never", "Log:Level=debug",
    ];

    [Theory]
    [InlineData("send-proxy")]
    [InlineData("send-proxy-v2")]
    public async Task Imaps_through_it_shows_the_clients_address_and_its_checks_leave_no_warning(string word)
    {
        ForeignProgram.Require("haproxy");
        using var folder = new TempDirectory();
        await using var proxy = await SecondProxy.StartAsync(cluster, folder, "behind-" + word, Required);
        var port = PortBase.Find() + 993;
        await using var haproxy = await HaProxyProcess.StartAsync(folder, $"""
            listen imaps
                bind 127.0.0.1:{port}
                server one 127.0.0.1:{proxy.Port} {word} check inter 100ms
            """);
        var user = cluster.TakeUser();
        using (var client = await DialAsync(port, SecureSocketOptions.SslOnConnect))
        {
            await client.AuthenticateAsync(user, "secret");
            await client.Inbox!.OpenAsync(MailKit.FolderAccess.ReadOnly);
            await client.DisconnectAsync(quit: true);
        }

        Assert.Contains("TLS Tls13", await proxy.Process.SeeAsync($"client {ClientAddress}:"), StringComparison.Ordinal);
        await proxy.Process.SeeAsync("client 127.0.0.1:");
        Assert.Equal(0, proxy.Process.CountOf("proxy_header_missing"));
        Assert.Equal(0, haproxy.CountOf("is DOWN"));
    }

    [Fact]
    public async Task Tls_that_ends_there_is_enough_for_a_password()
    {
        ForeignProgram.Require("haproxy");
        using var folder = new TempDirectory();
        await using var proxy = await SecondProxy.StartAsync(cluster, folder, "behind-tls", Required);
        using var certificate = new TestAuthority().Server();
        await File.WriteAllTextAsync(folder.File("both.pem"), certificate.ExportCertificatePem() + "\n" + certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        var port = PortBase.Find() + 143;
        await using var haproxy = await HaProxyProcess.StartAsync(folder, $"""
            listen imap
                bind 127.0.0.1:{port} ssl crt {folder.File("both.pem")}
                server one 127.0.0.1:{await PortOfAsync(proxy, 1)} send-proxy-v2-ssl
            """);
        using var client = new ImapClient { LocalEndPoint = new IPEndPoint(ClientAddress, 0), ServerCertificateValidationCallback = (_, presented, _, _) => presented is not null };
        await client.ConnectAsync("127.0.0.1", port, SecureSocketOptions.SslOnConnect);
        Assert.False(client.Capabilities.HasFlag(ImapCapabilities.StartTLS));
        await client.AuthenticateAsync(cluster.TakeUser(), "secret");
        await client.DisconnectAsync(quit: true);
        Assert.Contains("at 127.0.0.1", await proxy.Process.SeeAsync($"client {ClientAddress}:"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mail_through_it_is_traced_to_the_sender()
    {
        ForeignProgram.Require("haproxy", "swaks");
        using var folder = new TempDirectory();
        await using var proxy = await SecondProxy.StartAsync(cluster, folder, "behind-mx", Required);
        var port = PortBase.Find() + 25;
        await using var haproxy = await HaProxyProcess.StartAsync(folder, $"""
            listen mx
                bind 127.0.0.1:{port}
                server one 127.0.0.1:{await PortOfAsync(proxy, 2)} send-proxy-v2
            """);
        var user = cluster.TakeUser();
        (await ForeignProgram.RunAsync(
            "swaks",
            [
                "--server", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture), "--local-interface", ClientAddress.ToString(),
                "--from", "me@example.net", "--to", user, "--body", "x",
            ])).Expect(0);
        var message = System.Text.Encoding.Latin1.GetString(Assert.Single(await MailClients.ReadInboxAsync(cluster, user)));
        Assert.Contains($"([{ClientAddress}])", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_comes_past_it_is_cut()
    {
        using var folder = new TempDirectory();
        await using var proxy = await SecondProxy.StartAsync(cluster, folder, "past-it", Required);
        await using var client = new DialogueClient(await new Transport.Portable.PortableTransport().ConnectAsync(new IPEndPoint(IPAddress.Loopback, await PortOfAsync(proxy, 1))));
        await client.SendLineAsync("a LOGIN alice secret");
        await client.ExpectGoneAsync();
        await proxy.Process.SeeAsync("proxy_header_missing");
    }

    [Fact]
    public async Task The_example_of_deploy_is_valid()
    {
        ForeignProgram.Require("haproxy");
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "MailProxy.sln")))
        {
            root = Path.GetDirectoryName(root)!;
        }

        (await ForeignProgram.RunAsync("haproxy", ["-c", "-f", Path.Combine(root, "deploy", "haproxy", "haproxy.cfg")])).Expect(0);
    }

    // "serves imaps 127.0.0.1:1, imap 127.0.0.1:2, mx 127.0.0.1:3 ..."
    private static async Task<int> PortOfAsync(SecondProxy proxy, int listener)
    {
        var line = await proxy.Process.SeeAsync("serves imap");
        return int.Parse(line.Split("127.0.0.1:")[listener + 1].Split(' ', ',')[0], CultureInfo.InvariantCulture);
    }

    private async Task<ImapClient> DialAsync(int port, SecureSocketOptions tls)
    {
        var client = new ImapClient { LocalEndPoint = new IPEndPoint(ClientAddress, 0) };
        MailClients.Trust(client, cluster.Authority);
        await client.ConnectAsync("localhost", port, tls);
        return client;
    }
}
