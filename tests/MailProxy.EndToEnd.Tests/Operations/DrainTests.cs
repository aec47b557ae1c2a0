using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Operations;

/// <summary>A proxy that is drained, put back, and stopped.</summary>
[Collection(nameof(DevClusterCollection))]
public sealed class DrainTests(DevClusterFixture cluster)
{
    private const string Farewell = "\\* BYE [UNAVAILABLE] This server is shutting down, please connect again.";

    [Fact]
    public async Task A_drained_proxy_takes_nobody_says_goodbye_and_serves_again_at_the_same_port()
    {
        using var folder = new TempDirectory();
        await using var proxy = await SecondProxy.StartAsync(cluster, folder, "proxy-drained");
        await using var client = await proxy.LogInAsync(cluster.TakeUser());
        await using (var drain = Run("proxies", "drain", "proxy-drained", "--deadline", "7"))
        {
            Assert.True(await drain.ExitAsync() == 0, drain.Output);
            Assert.Contains("proxy-drained drained: 0 sessions", drain.Output, StringComparison.Ordinal);
        }

        await client.ExpectAsync(Farewell);
        await client.ExpectEndAsync();
        await Assert.ThrowsAnyAsync<SocketException>(() => RefusedAsync(proxy.Port));
        await using (var list = Run("proxies"))
        {
            Assert.True(await list.ExitAsync() == 0, list.Output);
            Assert.Contains("drain: this node is draining", list.Output, StringComparison.Ordinal);
        }

        await using (var undrain = Run("proxies", "undrain", "proxy-drained"))
        {
            Assert.True(await undrain.ExitAsync() == 0, undrain.Output);
            Assert.Contains("proxy-drained serving, ready.", undrain.Output, StringComparison.Ordinal);
        }

        await using var again = await proxy.LogInAsync(cluster.TakeUser());
    }

    [Fact]
    public async Task A_drain_that_is_taken_back_leaves_the_sessions_that_were_not_asked()
    {
        using var folder = new TempDirectory();
        await using var proxy = await SecondProxy.StartAsync(cluster, folder, "proxy-back");
        await using var client = await proxy.LogInAsync(cluster.TakeUser());
        await using (var drain = Run("proxies", "drain", "proxy-back", "--deadline", "3600", "--detach"))
        {
            Assert.True(await drain.ExitAsync() == 0, drain.Output);
        }

        await using (var undrain = Run("proxies", "undrain", "proxy-back"))
        {
            Assert.True(await undrain.ExitAsync() == 0, undrain.Output);
        }

        await client.SendLineAsync("c NOOP");
        await client.ExpectUntilAsync("c OK *");
        await using var again = await proxy.LogInAsync(cluster.TakeUser());
    }

    [Fact]
    public async Task A_stopping_node_says_its_goodbyes_one_after_the_other_until_the_deadline()
    {
        using var folder = new TempDirectory();
        await using var proxy = await SecondProxy.StartAsync(cluster, folder, "proxy-paced", "Drain:Deadline=00:00:09", "Drain:LeastRate=0");
        var user = cluster.TakeUser();
        var clients = new List<DialogueClient>();
        for (var i = 0; i < 8; i++)
        {
            clients.Add(await proxy.LogInAsync(user));
        }

        var watch = Stopwatch.StartNew();
        proxy.Process.Interrupt();
        var heard = await Task.WhenAll(clients.Select(async client =>
        {
            await client.ExpectAsync(Farewell);
            return watch.Elapsed;
        }));
        Assert.Equal(0, await proxy.Process.ExitAsync());

        // Four seconds for eight: half a second from one to the next. Nobody promises more than that they are not all in one second.
        Assert.True(heard.Max() - heard.Min() > TimeSpan.FromSeconds(1.5), string.Join(", ", heard.Order()));
        Assert.Contains("Drained: 8 sessions were asked to end", proxy.Process.Output, StringComparison.Ordinal);
        await Task.WhenAll(clients.Select(client => client.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task The_second_interrupt_ends_it_at_once()
    {
        using var folder = new TempDirectory();
        await using var proxy = await SecondProxy.StartAsync(cluster, folder, "proxy-twice", "Drain:Deadline=01:00:00", "Drain:LeastRate=0");
        await using var client = await proxy.LogInAsync(cluster.TakeUser());
        proxy.Process.Interrupt();
        await proxy.Process.SeeAsync("Draining: ");
        proxy.Process.Interrupt();
        Assert.NotEqual(0, await proxy.Process.ExitAsync());
        await client.ReadToTheEndAsync();
    }

    private static async Task RefusedAsync(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
    }

    private MailProxyProcess Run(params string[] arguments) => MailProxyProcess.Start([.. arguments, "--config", Path.Combine(cluster.Data, "proxy.json")]);
}
