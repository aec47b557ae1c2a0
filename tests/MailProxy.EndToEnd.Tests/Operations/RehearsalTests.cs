using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;
using MailProxy.Transport.Linux;
using MailProxy.Transport.Portable;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Operations;

/// <summary>What a proxy does before it listens, so that its first clients find compiled code.</summary>
public sealed partial class RehearsalTests
{
    // Six parts without TLS, a dozen times by each of four clients. It takes some rounds until nothing new is compiled.
    private const int OneRound = 4 * 12 * 6;

    [Theory]
    [InlineData("linux")]
    [InlineData("portable")]
    public async Task A_proxy_rehearses_every_protocol_before_it_listens_and_leaves_nothing_of_it(string transport)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc is Linux's");
        Assert.SkipUnless(transport != "linux" || LinuxSupport.Problem is null, LinuxSupport.Problem ?? "");
        using var folder = new TempDirectory();
        var configuration = await SmallProxy.ConfigureAsync(folder, transport, storePort: 143);
        await using var proxy = await SmallProxy.StartRehearsingAsync(configuration, "00:05:00");
        var told = Told().Match(await proxy.Process.SeeAsync("Rehearsed "));
        Assert.True(told.Success && int.Parse(told.Groups[1].Value, CultureInfo.InvariantCulture) >= 3 * OneRound, told.Value);
        Assert.True(proxy.Process.Output.IndexOf("Rehearsed ", StringComparison.Ordinal) < proxy.Process.Output.IndexOf("serves imap", StringComparison.Ordinal));
        Assert.Equal([proxy.Port], await ListeningSockets.OfAsync(proxy.Process.Id));
        await using var client = new DialogueClient(await new PortableTransport().ConnectAsync(new IPEndPoint(IPAddress.Loopback, proxy.Port)));
        await client.ExpectAsync("* OK *");
    }

    [Fact]
    public async Task The_limit_ends_it_and_the_proxy_serves()
    {
        using var folder = new TempDirectory();
        var configuration = await SmallProxy.ConfigureAsync(folder, "auto", storePort: 143);
        await using var proxy = await SmallProxy.StartRehearsingAsync(configuration, "00:00:00.050");
        await proxy.Process.SeeAsync("the limit (Rehearsal)");
        await using var client = new DialogueClient(await new PortableTransport().ConnectAsync(new IPEndPoint(IPAddress.Loopback, proxy.Port)));
        await client.ExpectAsync("* OK *");
    }

    [GeneratedRegex("Rehearsed ([0-9]+) sessions in")]
    private static partial Regex Told();
}
