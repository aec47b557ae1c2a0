using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Operations;

public sealed class CommandTests
{
    [Fact]
    public async Task A_fresh_cluster_has_three_users_ends_by_ctrl_c_and_keeps_its_mail()
    {
        using var folder = new TempDirectory();
        var portBase = PortBase.Find();
        var text = portBase.ToString(CultureInfo.InvariantCulture);
        await using (var first = MailProxyProcess.Start("dev", "--port-base", text, "--data", folder.File("d")))
        {
            await first.SeeAsync("A mail cluster is running");
            await MailSender.SendAsync(portBase + 25, "me@example.net", ["alice@example.org", "bob@example.org", "carol@example.org"], Messages.Make("fresh"));
            first.Interrupt();
            Assert.Equal(0, await first.ExitAsync());
        }

        await using var second = MailProxyProcess.Start("dev", "--port-base", text, "--data", folder.File("d"));
        await second.SeeAsync("A mail cluster is running");
        foreach (var user in new[] { "alice", "bob", "carol" })
        {
            using var client = new MailKit.Net.Imap.ImapClient();
            await client.ConnectAsync("127.0.0.1", portBase + 143, MailKit.Security.SecureSocketOptions.None);
            await client.AuthenticateAsync($"{user}@example.org", "secret");
            await client.Inbox!.OpenAsync(MailKit.FolderAccess.ReadOnly);
            Assert.Equal(1, client.Inbox.Count);
            await client.DisconnectAsync(quit: true);
        }
    }

    [Fact]
    public async Task A_taken_port_is_one_clear_sentence_and_exit_code_1()
    {
        using var folder = new TempDirectory();
        var portBase = PortBase.Find();
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, portBase + 143));
        taken.Listen();
        await using var process = MailProxyProcess.Start("dev", "--port-base", portBase.ToString(CultureInfo.InvariantCulture), "--data", folder.File("d"));
        Assert.Equal(1, await process.ExitAsync());
        Assert.Contains($"Cannot listen on 127.0.0.1:{portBase + 143}", process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_one_clear_sentence_and_exit_code_1()
    {
        using var folder = new TempDirectory();
        await File.WriteAllTextAsync(folder.File("file"), "");
        await using var process = MailProxyProcess.Start("dev", "--data", folder.File("file", "below"));
        Assert.Equal(1, await process.ExitAsync());
        Assert.Contains(folder.File("file"), process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_clusters_cannot_share_a_folder()
    {
        using var folder = new TempDirectory();
        await using var first = MailProxyProcess.Start("dev", "--port-base", PortBase.Find().ToString(CultureInfo.InvariantCulture), "--data", folder.File("d"));
        await first.SeeAsync("A mail cluster is running");
        await using var second = MailProxyProcess.Start("dev", "--port-base", PortBase.Find().ToString(CultureInfo.InvariantCulture), "--data", folder.File("d"));
        Assert.Equal(1, await second.ExitAsync());
        Assert.DoesNotContain("   at ", second.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dev", "--stores", "0")]
    [InlineData("dev", "--port-base", "x")]
    [InlineData("proxy")]
    [InlineData("nonsense")]
    public async Task Wrong_usage_is_exit_code_2(params string[] arguments)
    {
        await using var process = MailProxyProcess.Start(arguments);
        Assert.Equal(2, await process.ExitAsync());
    }

    [Fact]
    public async Task Check_lists_every_error_at_once()
    {
        using var folder = new TempDirectory();
        await File.WriteAllTextAsync(
            folder.File("proxy.json"),
            """
            {
              // A comment is allowed.
              "Node": { "Name": "a b", "HostName": "mail.example.org" },
              "Listners": [],
              "Listeners": [ { "Protocol": "imap", "Port": 70000, "Tls": "sometimes" } ],
              "Limits": { "LoginAttempts": "many" }
            }
            """);
        await using var process = MailProxyProcess.Start("check", "--config", folder.File("proxy.json"));
        Assert.Equal(1, await process.ExitAsync());
        Assert.Contains("3 errors", process.Output, StringComparison.Ordinal);
        Assert.Contains("Listners: there is no such setting", process.Output, StringComparison.Ordinal);
        Assert.Contains("Listeners:0:Tls: 'sometimes' is not one of none, starttls, implicit", process.Output, StringComparison.Ordinal);
        Assert.Contains("Limits:LoginAttempts: 'many' is not a number", process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_judges_values_once_they_can_be_read_and_set_overrides_them()
    {
        using var folder = new TempDirectory();
        await File.WriteAllTextAsync(
            folder.File("users.json"), """{"domains":["example.org"],"users":[{"name":"a@example.org","password":"{PLAIN}x"}]}""");
        await File.WriteAllTextAsync(
            folder.File("proxy.json"),
            """
            {
              "Node": { "Name": "a b", "HostName": "mail.example.org" },
              "Listeners": [ { "Protocol": "imap", "Port": 70000, "Tls": "none" } ],
              "Stores": { "Login": "password" },
              "Directory": { "File": { "Path": "users.json" } }
            }
            """);
        await using var bad = MailProxyProcess.Start("check", "--config", folder.File("proxy.json"));
        Assert.Equal(1, await bad.ExitAsync());
        Assert.Contains("Node:Name:", bad.Output, StringComparison.Ordinal);
        Assert.Contains("Listeners:0:Port:", bad.Output, StringComparison.Ordinal);
        await using var good = MailProxyProcess.Start("check", "--config", folder.File("proxy.json"), "--set", "Node:Name=a", "--set", "Listeners:0:Port=143");
        Assert.Equal(0, await good.ExitAsync());
    }

    [Fact]
    public async Task A_value_may_name_an_environment_variable_which_must_be_set()
    {
        using var folder = new TempDirectory();
        await File.WriteAllTextAsync(
            folder.File("proxy.json"),
            """
            {
              "Node": { "Name": "${MAILPROXY_TEST_MISSING}", "HostName": "mail.example.org" },
              "Listeners": [ { "Protocol": "imap", "Port": 143, "Tls": "none" } ],
              "Directory": { "Provider": "static", "Static": { "Password": "{PLAIN}x" } },
              "Routing": { "Mode": "static", "Stores": [ { "Id": "s", "Address": "127.0.0.1", "Ports": { "imap": 143, "gopher": 70 } } ] },
              "Stores": { "Login": "password" }
            }
            """);
        await using var bad = MailProxyProcess.Start("check", "--config", folder.File("proxy.json"));
        Assert.Equal(1, await bad.ExitAsync());
        Assert.Contains("Node:Name: the environment variable MAILPROXY_TEST_MISSING is not set", bad.Output, StringComparison.Ordinal);
        Assert.Contains("Routing:Stores:0:Ports:gopher: 'gopher' is not one of imap,", bad.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_finds_what_would_only_show_at_the_start_or_never()
    {
        using var folder = new TempDirectory();
        await File.WriteAllTextAsync(
            folder.File("store.json"),
            """
            {
              "Node": { "Name": "store-1", "HostName": "store-1.example.org" },
              "Store": { "Data": "mail" },
              "Listeners": [ { "Protocol": "imap", "Port": 143, "Tls": "none" }, { "Protocol": "lmtp", "Port": 24, "Tls": "implicit" } ],
              "Access": { "TrustedClients": [ "proxy-1" ] }
            }
            """);
        await using var store = MailProxyProcess.Start("check", "--config", folder.File("store.json"));
        Assert.Equal(1, await store.ExitAsync());
        Assert.Contains("Tls:ClientAuthorities: proxies are trusted by certificate", store.Output, StringComparison.Ordinal);
        Assert.Contains("must share one Tls mode", store.Output, StringComparison.Ordinal);
        await File.WriteAllTextAsync(
            folder.File("proxy.json"),
            """
            {
              "Node": { "Name": "proxy-1", "HostName": "mail.example.org" },
              "Listeners": [ { "Protocol": "imap", "Port": 143, "Tls": "none" } ],
              "Directory": { "Provider": "static", "Static": { "Password": "{PLAIN}x" } },
              "Http": { "Listen": "127.0.0.1:8443", "Tls": true },
              "Stores": { "Login": "password" }
            }
            """);
        await using var proxy = MailProxyProcess.Start("check", "--config", folder.File("proxy.json"), "--set", "Directory:Static:Domains=example.org");
        Assert.Equal(1, await proxy.ExitAsync());
        Assert.Contains("Directory:Static:Domains: this is a list", proxy.Output, StringComparison.Ordinal);
        await using var again = MailProxyProcess.Start("check", "--config", folder.File("proxy.json"));
        Assert.Equal(1, await again.ExitAsync());
        Assert.Contains("Http:Tls: HTTPS needs a certificate", again.Output, StringComparison.Ordinal);
    }
}
