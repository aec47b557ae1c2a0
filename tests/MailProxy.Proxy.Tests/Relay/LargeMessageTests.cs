using System.Diagnostics;
using MailProxy.Proxy.Tests.Rig;
using MailProxy.Proxy.Tests.Soak;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.Proxy.Tests.Relay;

/// <summary>
/// One message for 50 recipients on three stores, of which one reads slowly and one dies at half of it, over sockets. Small (8 MB, 2 MB/s) with the other
/// tests; with MAILPROXY_SCALE=1 100 MB at 100 kB/s, which takes 17 minutes; the figures of docs/performance.md.
/// </summary>
[Collection(nameof(SoakCollection))]
public sealed class LargeMessageTests(ITestOutputHelper output)
{
    private const int Recipients = 50;

    private static readonly bool IsFull = Environment.GetEnvironmentVariable("MAILPROXY_SCALE") is not null;
    private static readonly int Size = IsFull ? 100_000_000 : 8_000_000;
    private static readonly int Pace = IsFull ? 100_000 : 2_000_000;

    // What was left after a full collection, above what was there before the message: the transaction, what the test itself reads and writes, and the pools'.
    private static readonly long MostMemory = 2 * 1024 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    [Theory]
    [InlineData(RigTransport.Linux, true)]
    [InlineData(RigTransport.Linux, false)]
    [InlineData(RigTransport.Portable, true)]
    public async Task Memory_stays_flat_and_each_recipient_has_its_one_copy(RigTransport on, bool isLmtp)
    {
        Assert.SkipWhen(IsFull && (on != RigTransport.Linux || !isLmtp), "one way is enough at full size");
        var users = new ManyUsers(3);
        await using var rig = new ProxyRig(on) { Users = users };
        rig.Router.AddStore("store-3");
        rig.Limits.MessageSize = 200_000_000;
        await using var slow = new CountingStore(await rig.StoreAsync("store-1", 24)) { Brake = new Brake(Pace).WaitAsync };
        await using var dying = new CountingStore(await rig.StoreAsync("store-2", 24));
        await using var well = new CountingStore(await rig.StoreAsync("store-3", 24));
        CountingStore[] stores = [slow, dying, well];
        int[] numbers = [.. Enumerable.Range(0, Recipients)];
        var talk = new MailTalk(await rig.ConnectAsync(isLmtp ? MailProtocol.Lmtp : MailProtocol.Mx), isLmtp, static reply => reply) { Patience = Patience };
        await talk.OpenAsync();

        // What is made once is there before anything is measured.
        Assert.All(await talk.SendAsync([.. numbers.Select(ManyUsers.AddressOf)], "a small one", 100_000), code => Assert.Equal(250, code));
        dying.Break(StoreStep.MidData, StoreTrouble.Resets, after: Size / 2);
        var (heap, resident) = (GC.GetTotalMemory(forceFullCollection: true), ResidentNow());
        var sending = talk.SendAsync([.. numbers.Select(ManyUsers.AddressOf)], "the large one", Size);
        var (mostHeap, mostResident) = (0L, 0L);
        var since = Stopwatch.GetTimestamp();
        while (!sending.IsCompleted)
        {
            await Task.WhenAny(sending, Beat.WaitAsync(IsFull ? 5_000 : 200));
            mostHeap = Math.Max(mostHeap, GC.GetTotalMemory(forceFullCollection: true) - heap);
            mostResident = Math.Max(mostResident, ResidentNow() - resident);
        }

        var codes = await sending;
        output.WriteLine(
            $"{on}, {(isLmtp ? "LMTP" : "SMTP")}: {Size} octets in {Stopwatch.GetElapsedTime(since).TotalSeconds:0.0} s, live heap at most +{mostHeap / 1024} KiB, RSS at most +{mostResident / 1024} KiB");
        Assert.InRange(mostHeap, long.MinValue, MostMemory);
        foreach (var number in numbers)
        {
            var isLost = users.StoreOf(number) == 2;
            Assert.Equal(isLmtp && !isLost ? 250 : 451, codes[number]);

            // By SMTP nobody is given the end of a message that must be repeated.
            Assert.Equal(isLmtp && !isLost ? 1 : 0, stores[users.StoreOf(number) - 1].CopiesOf(ManyUsers.AddressOf(number), "the large one"));
        }

        string[] again = [.. numbers.Where(number => codes[number] != 250).Select(ManyUsers.AddressOf)];
        Assert.All(await talk.SendAsync(again, "the large one", Size), code => Assert.Equal(250, code));
        foreach (var number in numbers)
        {
            Assert.Equal(1, stores[users.StoreOf(number) - 1].CopiesOf(ManyUsers.AddressOf(number), "the large one"));
        }

        await talk.QuitAsync();
    }

    private static long ResidentNow()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
