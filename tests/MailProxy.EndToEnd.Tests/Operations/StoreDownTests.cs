using System.Net;
using System.Net.Sockets;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Operations;

/// <summary>A proxy process whose only store refuses connections, and then does not.</summary>
public sealed class StoreDownTests
{
    private const string Down = "a NO [UNAVAILABLE]";

    [Theory]
    [InlineData("linux")]
    [InlineData("portable")]
    public async Task After_five_refused_connections_nobody_dials_until_a_probe_finds_the_store_well(string transport)
    {
        if (transport == "linux" && !OperatingSystem.IsLinux())
        {
            Assert.Skip("The Linux transport runs on Linux.");
        }

        using var folder = new TempDirectory();
        using var store = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        store.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var proxy = await SmallProxy.StartAsync(await SmallProxy.ConfigureAsync(folder, transport, ((IPEndPoint)store.LocalEndPoint!).Port));
        for (var i = 0; i < 5; i++)
        {
            Assert.StartsWith(Down, await LogInAsync(proxy.Port), StringComparison.Ordinal);
        }

        await proxy.Process.SeeAsync("Store store-1: imap at 127.0.0.1:");
        Assert.StartsWith(Down, await LogInAsync(proxy.Port), StringComparison.Ordinal);
        await proxy.Process.SeeAsync("store-1 is down");

        // The probe comes by itself, and nobody logs in on it.
        store.Listen();
        using (var probe = await store.AcceptAsync().WaitAsync(TimeSpan.FromMinutes(1)))
        {
            Assert.Equal("P LOGOUT", await TalkAsync(probe, "* OK [CAPABILITY IMAP4rev1] store\r\n"));
        }

        await proxy.Process.SeeAsync("serves again");
        var login = LogInAsync(proxy.Port);
        using var session = await store.AcceptAsync().WaitAsync(TimeSpan.FromMinutes(1));
        Assert.StartsWith("L LOGIN", await TalkAsync(session, "* OK [CAPABILITY IMAP4rev1] store\r\n"), StringComparison.Ordinal);
        await session.SendAsync("L OK [CAPABILITY IMAP4rev1] in\r\n"u8.ToArray());
        Assert.StartsWith("a OK", await login, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("linux")]
    [InlineData("portable")]
    public async Task A_store_that_greets_and_answers_no_login_costs_several_users_one_wait_each_and_comes_back_with_its_first_answer(string transport)
    {
        if (transport == "linux" && !OperatingSystem.IsLinux())
        {
            Assert.Skip("The Linux transport runs on Linux.");
        }

        using var folder = new TempDirectory();
        await using var store = new GreetingStore();
        var file = await SmallProxy.ConfigureAsync(folder, transport, store.Port);
        var configuration = System.Text.Json.Nodes.JsonNode.Parse(await File.ReadAllTextAsync(file))!;
        configuration["Limits"] = new System.Text.Json.Nodes.JsonObject { ["StoreLogin"] = "00:00:01" };
        configuration["Stores"]!["Health"] = new System.Text.Json.Nodes.JsonObject { ["SilentUsers"] = 3, ["TrialEvery"] = "00:00:00.5" };
        configuration["Log"]!["Level"] = "debug";
        await File.WriteAllTextAsync(file, configuration.ToJsonString());
        await using var proxy = await SmallProxy.StartAsync(file);
        for (var attempt = 0; attempt < 4; attempt++)
        {
            Assert.StartsWith(Down, await LogInAsync(proxy.Port, "alice"), StringComparison.Ordinal);
        }

        Assert.Equal(0, proxy.Process.CountOf("is taken for down"));
        await LogInAsync(proxy.Port, "bob");
        await LogInAsync(proxy.Port, "carol");
        await proxy.Process.SeeAsync("left the logins of 3 users without an answer");

        // Whoever comes now is told at once, but for one login now and then, which waits and hears the same.
        store.Answers = true;
        await proxy.Process.SeeAsync("the next login is tried there");
        Assert.StartsWith("a OK", await LogInAsync(proxy.Port, "dora"), StringComparison.Ordinal);
        await proxy.Process.SeeAsync("serves again");
        Assert.StartsWith("a OK", await LogInAsync(proxy.Port, "alice"), StringComparison.Ordinal);
    }

    private static async Task<string?> LogInAsync(int port, string user = "alice")
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        using var reader = new StreamReader(client.GetStream());
        await reader.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(1));
        await client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes($"a LOGIN {user}@example.org secret\r\n"));
        return await reader.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(1));
    }

    private static async Task<string?> TalkAsync(Socket socket, string greeting)
    {
        var stream = new NetworkStream(socket);
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(greeting));
        using var reader = new StreamReader(stream);
        return await reader.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(1));
    }
}
