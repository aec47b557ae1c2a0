using System.Buffers;
using System.Net;
using System.Text;
using MailProxy.Testing;
using MailProxy.Transport.Connections;
using MailProxy.Transport.Serving;
using MailProxy.Transport.Tls;
using Microsoft.AspNetCore.Connections;
using Xunit;

namespace MailProxy.Transport.Tests;

/// <summary>What stands in front of the protocol: received octet for octet, and whom it names counted.</summary>
public abstract class PrefaceSuite(Func<TimeProvider, IMailTransport> create) : TransportSuite(create)
{
    private readonly RecordingLogger _logger = new();

    [Fact]
    public async Task What_stands_behind_it_is_the_protocols()
    {
        var (client, server) = await PairAsync();
        await client.SendAsync("prefaceEHLO host\r\n");
        Assert.Equal("preface", await ReceiveAsync(server, 7));
        await server.ExpectAsync("EHLO host");
    }

    [Fact]
    public async Task Tls_begins_behind_it_though_its_first_octets_came_with_it()
    {
        var (client, server) = await PairAsync();
        client.Connection.Transport.Output.Write("preface"u8);

        // The handshake flushes what was written: preface and ClientHello are sent together.
        var dialling = TlsOf(client).BecomeClientAsync(Authority.ClientSettings(), CancellationToken.None).AsTask();
        Assert.Equal("preface", await ReceiveAsync(server, 7));
        Assert.Equal(TlsOutcome.Done, await TlsOf(server).BecomeServerAsync(Authority.ServerSettings(), CancellationToken.None).AsTask().WaitAsync(Patience));
        Assert.Equal(TlsOutcome.Done, await dialling.WaitAsync(Patience));
    }

    [Fact]
    public async Task Its_absence_is_an_end()
    {
        var (client, server) = await PairAsync();
        await client.EndAsync();
        Assert.Equal("", await ReceiveAsync(server, 7));
    }

    [Fact]
    public async Task Whom_a_peer_speaks_for_is_counted_and_not_the_peer()
    {
        var limits = new ConnectionLimits(total: 3, perNetwork: 1);
        var refused = 0;
        var options = new ConnectionServerOptions { Limits = limits, PeersSpeakForClients = true, Refused = _ => Interlocked.Increment(ref refused) };
        await using var server = new ConnectionServer(Transport, NewEndPoint, ServeAsync, options, _logger, Time);
        await server.BindAsync(CancellationToken.None);
        await using var first = await DialAsync(server, "192.0.2.1", "yes");
        await using var second = await DialAsync(server, "192.0.2.2", "yes");
        await using (await DialAsync(server, "192.0.2.1", "no"))
        {
            Assert.Equal(2, limits.Networks);
        }

        await WaitForAsync(() => limits.Count == 2);

        // The same connection for another client, as XCLIENT says one after the other.
        await first.SendLineAsync("192.0.2.3");
        await first.ExpectAsync("yes");
        await using var third = await DialAsync(server, "192.0.2.1", "yes");
        await first.DisposeAsync();
        await second.DisposeAsync();
        await third.DisposeAsync();
        await WaitForAsync(() => limits.Count == 0);
        Assert.Equal(0, limits.Networks);

        // Whoever asked was told, and knows himself what he counts.
        Assert.Equal(0, refused);
    }

    private static async Task ServeAsync(ServedConnection served, CancellationToken stop)
    {
        var peer = new DialogueClient(served.Connection);
        while (await peer.ReadLineAsync() is { } address)
        {
            await peer.SendLineAsync(served.TrySpeakFor(new IPEndPoint(IPAddress.Parse(address), 1)) ? "yes" : "no");
        }
    }

    private static async Task<string> ReceiveAsync(DialogueClient peer, int octets)
    {
        var buffer = new byte[octets];
        var length = 0;
        while (length < octets && await peer.Connection.Features.Get<IPrefaceFeature>()!.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None).AsTask().WaitAsync(Patience) is > 0 and var read)
        {
            length += read;
        }

        return Encoding.ASCII.GetString(buffer, 0, length);
    }

    private async Task<DialogueClient> DialAsync(ConnectionServer server, string address, string answer)
    {
        var client = new DialogueClient(await Transport.ConnectAsync(server.BoundEndPoint));
        await client.SendLineAsync(address);
        await client.ExpectAsync(answer);
        return client;
    }
}
