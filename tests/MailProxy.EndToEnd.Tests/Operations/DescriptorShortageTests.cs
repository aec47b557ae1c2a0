using System.Net;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;
using MailProxy.Transport.Linux;
using MailProxy.Transport.Portable;
using Microsoft.AspNetCore.Connections;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Operations;

/// <summary>A proxy that has run out of descriptors goes on with what it has, says so, does not spin, and takes new connections when it can.</summary>
public sealed class DescriptorShortageTests
{
    // What the runtime takes for itself, and some dozens of sessions.
    private const int Descriptors = 400;

    // More than there can be descriptors for.
    private const int Crowd = 450;

    // More than there are descriptors kept for dialling.
    private const int Early = 60;

    // One download that would go through a pipe if there were one.
    private const int Bulk = 2_000_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly PortableTransport _transport = new();

    [Theory]
    [InlineData("linux", "Out of descriptors")]
    [InlineData("portable", "Accepting on")]
    public async Task Out_of_descriptors_new_connections_are_shed_and_the_others_go_on(string transport, string told)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "ulimit and /proc are those of Linux");
        Assert.SkipUnless(transport != "linux" || LinuxSupport.Problem is null, LinuxSupport.Problem ?? "");
        using var folder = new TempDirectory();
        await using var listener = await _transport.BindAsync(new IPEndPoint(IPAddress.Loopback, 0));
        var configuration = await SmallProxy.ConfigureAsync(folder, transport, ((IPEndPoint)listener.EndPoint).Port);
        await using var proxy = await SmallProxy.StartAsync(configuration, "sh", "-c", $"ulimit -n {Descriptors} && exec \"$@\"", "sh");
        var early = new List<DialogueClient>();
        for (var i = 0; i < Early; i++)
        {
            early.Add(await DialAsync(proxy));
            await early[i].ExpectAsync("* OK *");
        }

        await using var inside = await GreetedAsync(proxy);
        await using var store = await LogInAsync(inside, listener, "alice@example.org");
        await EchoAsync(inside, store);

        var crowd = new List<ConnectionContext>();
        for (var i = 0; i < Crowd; i++)
        {
            crowd.Add(await _transport.ConnectAsync(new IPEndPoint(IPAddress.Loopback, proxy.Port)));
        }

        await proxy.Process.SeeAsync(told);
        await AssertIdleUntilToldAgainAsync(proxy, told);

        // More log in at once than there are descriptors for, while no store answers: for some there is none to dial with.
        await Task.WhenAll(early.Select(client => client.SendLineAsync("a LOGIN early@example.org secret")));
        await proxy.Process.SeeAsync("failed while Connecting: StoreUnreachable");
        var first = await Task.WhenAny(early.Select(client => client.ReadLineAsync()));
        Assert.StartsWith("a NO [UNAVAILABLE] ", await first, StringComparison.Ordinal);

        // Those that are in go on, and bulk as well, though there is no pipe for it.
        await EchoAsync(inside, store);
        await DownloadAsync(inside, store);

        crowd.AddRange(early.Select(client => client.Connection));
        foreach (var connection in crowd)
        {
            connection.Abort();
            await connection.DisposeAsync();
        }

        await using var late = await GreetedAsync(proxy);
        await using var again = await LogInAsync(late, listener, "late@example.org");
        await EchoAsync(late, again);
        await EchoAsync(inside, store);
        Assert.InRange(proxy.Process.CountOf(told), 2, 10);
    }

    // The log tells once in ten seconds. In that time a loop that spins would use as many seconds of CPU; one that retries, hardly any.
    private static async Task AssertIdleUntilToldAgainAsync(SmallProxy proxy, string told)
    {
        var cpu = proxy.Process.CpuTime;
        await proxy.Process.SeeTwiceAsync(told);
        Assert.True(proxy.Process.CpuTime - cpu < TimeSpan.FromSeconds(3), $"It used {proxy.Process.CpuTime - cpu} while it had nothing to do.");
    }

    private static async Task EchoAsync(DialogueClient client, DialogueClient store)
    {
        await client.SendLineAsync("x NOOP");
        await store.ExpectAsync("x NOOP");
        await store.SendLineAsync("x OK");
        await client.ExpectAsync("x OK");
    }

    private static async Task DownloadAsync(DialogueClient client, DialogueClient store)
    {
        var sending = store.SendAsync(new string('x', Bulk));
        Assert.DoesNotContain(await client.ReadAsync(Bulk), letter => letter != 'x');
        await sending;
    }

    private static async Task<DialogueClient> LogInAsync(DialogueClient client, IConnectionListener listener, string user)
    {
        await client.SendLineAsync($"a LOGIN {user} secret");
        while (true)
        {
            var store = new DialogueClient((await listener.AcceptAsync().AsTask().WaitAsync(Patience))!);
            try
            {
                await store.SendLineAsync("* OK [CAPABILITY IMAP4rev1 LITERAL+] store");
                var login = await store.ExpectAsync("L LOGIN *");
                if (login.Contains(user, StringComparison.Ordinal))
                {
                    await store.SendLineAsync("L OK [CAPABILITY IMAP4rev1] in");
                    await client.ExpectAsync("a OK *");
                    return store;
                }
            }
            catch (Exception exception) when (exception is IOException or DialogueException)
            {
                // Dialled for a client that is gone meanwhile.
            }

            await store.DisposeAsync();
        }
    }

    // Those of the crowd that the proxy still has to notice are in the way for a moment.
    private async Task<DialogueClient> GreetedAsync(SmallProxy proxy)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            patience.Token.ThrowIfCancellationRequested();
            var client = await DialAsync(proxy);
            try
            {
                if (await client.ReadLineAsync() is not null)
                {
                    return client;
                }
            }
            catch (IOException)
            {
                // Shed.
            }

            await client.DisposeAsync();
        }
    }

    private async Task<DialogueClient> DialAsync(SmallProxy proxy) => new(await _transport.ConnectAsync(new IPEndPoint(IPAddress.Loopback, proxy.Port)));
}
