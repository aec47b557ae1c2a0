using MailProxy.Proxy.Tests.Rig;
using Xunit;

namespace MailProxy.Proxy.Tests.Soak;

/// <summary>A thousand busy sessions whose user moves, again and again: whoever is in the middle of something gets it whole.</summary>
[Collection(nameof(SoakCollection))]
public sealed class GoodbyeTests(ITestOutputHelper output)
{
    private const int Waves = 10;
    private const int SessionsPerWave = 100;

    [Theory]
    [InlineData(RigTransport.Memory)]
    [InlineData(RigTransport.Portable)]
    [InlineData(RigTransport.Linux)]
    public async Task No_client_sees_half_an_answer_when_its_user_moves(RigTransport on)
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var heard = 0;
        for (var wave = 0; wave < Waves; wave++)
        {
            await using var rig = new ProxyRig(on);
            await using var store = await rig.StoreAsync("store-1", 143);
            var first = await rig.ConnectAsync(MailProtocol.Imap, connections: 2 * SessionsPerWave);
            var serving = GoodbyeStore.ServeAsync(store, SessionsPerWave, seed + wave);
            var clients = new List<GoodbyeClient> { new(first, seed + wave) };
            var ends = new List<Task<bool>> { clients[0].RunAsync() };
            while (clients.Count < SessionsPerWave)
            {
                clients.Add(new(await rig.ConnectAgainAsync(), seed + (wave * SessionsPerWave) + clients.Count));
                ends.Add(clients[^1].RunAsync());
            }

            await Task.WhenAll(clients.Select(client => client.IsIn));
            rig.Router.Pin("alice@example.org", "store-2");
            heard += (await Task.WhenAll(ends)).Count(isSaid => isSaid);
            await serving;
        }

        // A cut is allowed where a session comes to no boundary in time, and here the clock stands still.
        output.WriteLine($"{heard} of {Waves * SessionsPerWave} heard the goodbye");
        Assert.Equal(Waves * SessionsPerWave, heard);
    }
}
