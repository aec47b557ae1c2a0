using MailProxy.Proxy.Tests.Rig;
using MailProxy.Routing.Catalog;
using MailProxy.Testing;
using MailProxy.Transport.Linux;
using Xunit;

namespace MailProxy.Proxy.Tests.Relay;

/// <summary>
/// A store breaks at every step in every way, before one recipient and before two of different stores, for senders who speak SMTP and LMTP. What was
/// acknowledged is there once, what was refused is not, the sender's repeat completes it, and nothing is left behind.
/// </summary>
public abstract class RelayFaultMatrixSuite(RigTransport on)
{
    private const string Alice = "alice@example.org";
    private const string Bob = "bob@example.org";
    private const string First = "the first";
    private const string Second = "the second";

    // More than a connection in memory holds, so that a store that does not read is noticed before the end.
    private const int LongMessage = 200 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static TheoryData<StoreStep, StoreTrouble, bool, bool, bool> Cases()
    {
        var cases = new TheoryData<StoreStep, StoreTrouble, bool, bool, bool>();
        foreach (var step in Enum.GetValues<StoreStep>())
        {
            foreach (var trouble in Enum.GetValues<StoreTrouble>().Where(trouble => trouble != StoreTrouble.Defers || CanDefer(step)))
            {
                foreach (var isLmtp in (bool[])[false, true])
                {
                    cases.Add(step, trouble, isLmtp, false, false);
                    cases.Add(step, trouble, isLmtp, true, false);
                    if (step is StoreStep.Data or StoreStep.MidData or StoreStep.AfterDot)
                    {
                        cases.Add(step, trouble, isLmtp, false, true);
                        cases.Add(step, trouble, isLmtp, true, true);
                    }
                }
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Each_recipient_has_its_verdict_and_its_one_copy(StoreStep step, StoreTrouble trouble, bool isLmtp, bool isSeveral, bool isChunked)
    {
        await using var rig = new ProxyRig(on);
        string[] offers = ["PIPELINING", "8BITMIME", .. isChunked ? ["CHUNKING"] : Array.Empty<string>()];
        rig.Router.AddStore("store-1", step == StoreStep.Tls ? StoreTlsMode.StartTls : StoreTlsMode.None);
        await using var bad = new CountingStore(await rig.StoreAsync("store-1", 24)) { Offers = offers, Tls = step == StoreStep.Tls ? rig.StoreTls("store-1") : null };
        await using var good = new CountingStore(await rig.StoreAsync("store-2", 24)) { Offers = offers };
        bad.Break(step, trouble);
        var isStalling = trouble == StoreTrouble.Stalls;
        var slice = step switch
        {
            StoreStep.AfterDot => rig.Limits.RelayVerdict / 8,
            StoreStep.MidData => rig.Limits.RelayStall / 8,
            _ => rig.Limits.StoreLogin / 8,
        };

        // The clock goes on only while the one store stands still and nothing else comes: nobody else is late by that.
        async Task<string> HearAsync(Task<string> reply)
        {
            if (isStalling)
            {
                await Task.WhenAny(reply, bad.ReachedAsync);
            }

            while (isStalling && !reply.IsCompleted)
            {
                await Beat.WaitAsync(25);
                rig.Time.Advance(reply.IsCompleted ? TimeSpan.Zero : slice);
            }

            return await reply;
        }

        var talk = new MailTalk(await rig.ConnectAsync(isLmtp ? MailProtocol.Lmtp : MailProtocol.Mx), isLmtp, HearAsync);
        await talk.OpenAsync();
        string[] recipients = isSeveral ? [Alice, Bob] : [Alice];
        var codes = await talk.SendAsync(recipients, First, step == StoreStep.MidData ? LongMessage : 0);
        Assert.True(step == StoreStep.Quit || bad.ReachedAsync.IsCompleted, "The store did not get to where it breaks.");
        if (step == StoreStep.Quit)
        {
            Assert.All(codes, code => Assert.Equal(250, code));
            await RestAsync(rig, bad.ReachedAsync);
        }
        else
        {
            AssertVerdicts(codes, step, isLmtp);
            Assert.Equal(0, bad.CopiesOf(Alice, First));
            if (isSeveral)
            {
                AssertOtherCopies(good.CopiesOf(Bob, First), codes[1], step);
            }
        }

        isStalling = false;
        bad.Release();
        string[] again = [.. recipients.Where((_, index) => codes[index] != 250)];
        if (again.Length > 0)
        {
            Assert.All(await talk.SendAsync(again, First), code => Assert.Equal(250, code));
        }

        Assert.All(await talk.SendAsync(recipients, Second), code => Assert.Equal(250, code));
        Assert.Equal((1, 1), (bad.CopiesOf(Alice, First), bad.CopiesOf(Alice, Second)));
        Assert.Equal(isSeveral ? (1, 1) : (0, 0), (good.CopiesOf(Bob, First), good.CopiesOf(Bob, Second)));
        await talk.QuitAsync();
        await AssertNothingIsLeftAsync(rig, bad, good);
    }

    private static bool CanDefer(StoreStep step) => step is not (StoreStep.Tls or StoreStep.MidData or StoreStep.Quit);

    private static void AssertVerdicts(IReadOnlyList<int> codes, StoreStep step, bool isLmtp)
    {
        Assert.InRange(codes[0], 400, 499);
        if (codes.Count > 1)
        {
            // By SMTP who is taken at RCPT shares the message's one verdict.
            var isJoint = !isLmtp && step >= StoreStep.Data;
            Assert.Equal(isJoint ? 451 : 250, codes[1]);
        }
    }

    private static void AssertOtherCopies(int copies, int code, StoreStep step)
    {
        if (code == 250)
        {
            Assert.Equal(1, copies);
        }
        else if (step == StoreStep.Data)
        {
            // What is known before the end keeps everybody from it.
            Assert.Equal(0, copies);
        }
    }

    // Connections that rest are let go by the clock.
    private static async Task RestAsync(ProxyRig rig, Task until)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!until.IsCompleted)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(since) < Patience, "No QUIT.");
            rig.Time.Advance(TimeSpan.FromSeconds(20));
            await Beat.WaitAsync(5);
        }
    }

    private static async Task AssertNothingIsLeftAsync(ProxyRig rig, CountingStore bad, CountingStore good)
    {
        var since = TimeProvider.System.GetTimestamp();
        var usage = default(TransportUsage?);
        while (true)
        {
            usage = (rig.Transport as LinuxTransport)?.Usage;

            // Two reactors watch each of the three listeners.
            if (bad.Live + good.Live + rig.Node.Limits.Count == 0 && (usage is null || usage is { Watched: 6, BuffersRented: 0 }))
            {
                return;
            }

            Assert.True(
                TimeProvider.System.GetElapsedTime(since) < Patience, $"Left: {bad.Live} and {good.Live} at the stores, {rig.Node.Limits.Count} clients, {usage}");
            rig.Time.Advance(TimeSpan.FromSeconds(20));
            await Beat.WaitAsync(5);
        }
    }
}
