using System.Globalization;
using MailProxy.Proxy.Tests.Rig;
using MailProxy.Transport.Linux;
using Xunit;

namespace MailProxy.Proxy.Tests.Soak;

/// <summary>
/// Sessions through a real proxy on real sockets, with clients and stores that break off at any moment; then everybody leaves, and nothing may be
/// left of them. MAILPROXY_SOAK_SECONDS says how long (docs/performance.md).
/// </summary>
[Collection(nameof(SoakCollection))]
public sealed class SoakTests(ITestOutputHelper output)
{
    private const int DefaultSeconds = 5;

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(
        int.TryParse(Environment.GetEnvironmentVariable("MAILPROXY_SOAK_SECONDS"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : DefaultSeconds);

    // For the last sessions to end: the longest of their limits and then some.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(RigTransport.Linux)]
    [InlineData(RigTransport.Portable)]
    public async Task Nothing_is_left_of_sessions_that_broke_off(RigTransport on)
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}, {Duration.TotalSeconds} s");
        await using (var rehearsal = await SoakProxy.StartAsync(on))
        {
            // Because the runtime keeps for ever what it makes once: an epoll of its own, for one.
            await rehearsal.RunAsync(TimeSpan.FromMilliseconds(1), seed, new SoakTally());
        }

        var before = OpenDescriptors.Count();
        var tally = new SoakTally();
        await using (var proxy = await SoakProxy.StartAsync(on))
        {
            await proxy.RunAsync(Duration, seed, tally);
            output.WriteLine(tally.ToString());
            await proxy.QuietAsync(Patience);
            Assert.Equal((0, 0, 0), (proxy.Node.LinkedSessions, proxy.Node.Limits.Count, proxy.Node.Limits.Networks));
            if (proxy.Transport is LinuxTransport linux)
            {
                output.WriteLine($"{linux.Usage}");
                Assert.Equal(new TransportUsage(Watched: proxy.WatchedByListeners, PipesKept: linux.Usage.PipesKept), linux.Usage);
            }

            tally.AssertMuchHappened();
            Assert.Empty(proxy.Faults);
        }

        // Finalizers of the test's own sockets may be late; those of the product are none.
        await OpenDescriptors.SettleAsync(before, Patience, output.WriteLine);
    }
}
