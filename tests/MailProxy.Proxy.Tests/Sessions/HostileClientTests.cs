using MailProxy.Proxy.Tests.Rig;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.Proxy.Tests.Sessions;

/// <summary>One reactor, a client that does what it can to hold it, and another one that must get its turn. Nothing here is timed: what counts is the order.</summary>
public sealed class HostileClientTests
{
    // Far more than one turn of a reactor may serve.
    private const int Flood = 100_000;

    // So many round trips must fit in between.
    private const int Turns = 20;

    [Fact]
    public async Task A_flood_of_commands_lets_others_in_between()
    {
        await using var rig = new ProxyRig(RigTransport.Linux, reactors: 1);

        // Else the budget for commands that lead nowhere would end it.
        rig.Limits.JunkCommands = int.MaxValue;
        var hostile = await rig.ConnectAsync(MailProtocol.Mx);
        await hostile.ExpectAsync("220 *");
        var other = await rig.ConnectAgainAsync();
        await other.ExpectAsync("220 *");
        var sending = hostile.SendAsync(string.Concat(Enumerable.Repeat("RSET\r\n", Flood)));
        var reading = ReadAsync(hostile, Flood);
        for (var i = 0; i < Turns; i++)
        {
            await other.SendLineAsync("RSET");
            await other.ExpectAsync("250 *");
            Assert.False(reading.IsCompleted, $"The flood was served to its end before round trip {i} of the other client.");
        }

        await Task.WhenAll(sending, reading);
    }

    [Fact]
    public async Task A_download_without_end_lets_others_in_between()
    {
        await using var rig = new ProxyRig(RigTransport.Linux, reactors: 1);
        await using var store = await rig.StoreAsync("store-1", 143);
        var (hostile, feeding) = await LogInAsync(rig, store);
        var (other, its) = await LogInAsync(rig, store);
        using var stop = new CancellationTokenSource();
        var pouring = PourAsync(feeding, stop.Token);
        var swallowing = hostile.ReadToTheEndAsync();
        for (var i = 0; i < Turns; i++)
        {
            await EchoAsync(other, its);
        }

        Assert.False(pouring.IsCompleted);
        await stop.CancelAsync();
        Assert.True(await pouring > 0);
        await feeding.DisposeAsync();
        await swallowing;
    }

    [Fact]
    public async Task A_client_that_never_reads_holds_its_own_store_back_and_nobody_else()
    {
        await using var rig = new ProxyRig(RigTransport.Linux, reactors: 1);
        await using var store = await rig.StoreAsync("store-1", 143);
        var (_, feeding) = await LogInAsync(rig, store);
        var (other, its) = await LogInAsync(rig, store);
        using var stop = new CancellationTokenSource();
        var pouring = PourAsync(feeding, stop.Token);
        for (var i = 0; i < Turns; i++)
        {
            await EchoAsync(other, its);
        }

        await stop.CancelAsync();
        await pouring;
    }

    [Fact]
    public async Task A_client_that_sends_one_octet_at_a_time_delays_nobody()
    {
        await using var rig = new ProxyRig(RigTransport.Linux, reactors: 1);
        await using var store = await rig.StoreAsync("store-1", 143);
        var (other, its) = await LogInAsync(rig, store);
        var slow = await rig.ConnectAsync(MailProtocol.Imap);
        await slow.ExpectAsync("* OK *");
        foreach (var octet in "a LOGIN alice@example.org secret\r\n")
        {
            await slow.SendAsync(octet.ToString());
            await EchoAsync(other, its);
        }

        await store.AcceptImapLoginAsync();
        await slow.ExpectAsync("a OK *");
    }

    private static async Task<(DialogueClient Client, DialogueClient Store)> LogInAsync(ProxyRig rig, ScriptedStore store)
    {
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.ExpectAsync("* OK *");
        await client.SendLineAsync("a LOGIN alice@example.org secret");
        var proxy = await store.AcceptImapLoginAsync();
        await client.ExpectAsync("a OK *");
        return (client, proxy);
    }

    private static async Task EchoAsync(DialogueClient client, DialogueClient store)
    {
        await client.SendLineAsync("b NOOP");
        await store.ExpectAsync("b NOOP");
        await store.SendLineAsync("b OK");
        await client.ExpectAsync("b OK");
    }

    private static async Task ReadAsync(DialogueClient client, int replies)
    {
        for (var i = 0; i < replies; i++)
        {
            await client.ExpectAsync("250 *");
        }
    }

    // How many pieces went out; it ends when it is told to, also while it is held back.
    private static async Task<int> PourAsync(DialogueClient store, CancellationToken stop)
    {
        var piece = new byte[64 * 1024];
        Array.Fill(piece, (byte)'\n');
        var pieces = 0;
        try
        {
            while (true)
            {
                await store.Connection.Transport.Output.WriteAsync(piece, stop);
                pieces++;
            }
        }
        catch (OperationCanceledException)
        {
            return pieces;
        }
    }
}
