using MailProxy.Proxy.Tests.Rig;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.Proxy.Tests.Relay;

/// <summary>A store that takes a message drop by drop, never too slowly for any one drop.</summary>
public abstract class RelayPaceSuite(RigTransport on)
{
    // Fifty reads of a store that reads 16 KiB at once.
    private const int Filling = 800 * 1024;

    [Theory]
    [InlineData(64 * 1024, true, 451)]
    [InlineData(1, true, 250)]
    [InlineData(64 * 1024, false, 250)]
    public async Task It_loses_its_recipients_when_others_wait_for_it_for_too_long(int pace, bool isSeveral, int verdict)
    {
        await using var rig = new ProxyRig(on);
        rig.Limits.RelayPace = pace;

        // The clock goes on while a busy machine works: the whole message's time is not what is tested here.
        rig.Limits.RelayVerdict = TimeSpan.FromHours(20);
        using var drops = new SemaphoreSlim(0);
        await using var slow = new CountingStore(await rig.StoreAsync("store-1", 24)) { Brake = async (_, stop) => await drops.WaitAsync(stop) };
        await using var quick = new CountingStore(await rig.StoreAsync("store-2", 24));
        async Task<string> HearAsync(Task<string> reply)
        {
            while (!reply.IsCompleted)
            {
                await Beat.WaitAsync(5);
                if (quick.CopiesOf("bob@example.org", "drops") == 0 && !reply.IsCompleted)
                {
                    // Less than RelayStall at a time, until it is only the verdict that is waited for.
                    rig.Time.Advance(rig.Limits.RelayStall / 20);
                }

                drops.Release();
            }

            return await reply;
        }

        var talk = new MailTalk(await rig.ConnectAsync(MailProtocol.Lmtp), isLmtp: true, HearAsync);
        await talk.OpenAsync();
        var codes = await talk.SendAsync(isSeveral ? ["alice@example.org", "bob@example.org"] : ["alice@example.org"], "drops", Filling);
        Assert.Equal(isSeveral ? [verdict, 250] : [verdict], codes);
        Assert.Equal(verdict == 250 ? 1 : 0, slow.CopiesOf("alice@example.org", "drops"));
        Assert.Equal(isSeveral ? 1 : 0, quick.CopiesOf("bob@example.org", "drops"));
    }
}
