using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using System.Net.Security;
using System.Security.Authentication;
using System.Text;
using MailProxy.Transport.Tls;
using Xunit;

namespace MailProxy.Transport.Tests;

/// <summary>TLS with peers that are not this transport: other versions, hostile hellos, certificates that change.</summary>
public abstract class TlsPeerSuite(Func<TimeProvider, IMailTransport> create) : TransportSuite(create)
{
    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Clients_of_both_versions_are_served_with_sni_and_alpn(SslProtocols version)
    {
        var (client, server) = await PairAsync();
        using var ssl = new SslStream(new ConnectionStream(client.Connection));
        var settings = new TlsServerSettings([Authority.Server(), Authority.Server("imap.example.org")], ["imap"]);
        var serving = TlsOf(server).BecomeServerAsync(settings, CancellationToken.None).AsTask();
        await ssl.AuthenticateAsClientAsync(Client("imap.example.org", version, "imap")).WaitAsync(Patience);
        Assert.Equal(TlsOutcome.Done, await serving.WaitAsync(Patience));
        Assert.Equal((version, version), (ssl.SslProtocol, TlsOf(server).Protocol));
        Assert.Equal(("imap.example.org", "imap"), (TlsOf(server).ServerName, TlsOf(server).ApplicationProtocol));
        Assert.Equal("CN=imap.example.org", ssl.RemoteCertificate!.Subject);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Servers_of_both_versions_are_dialled_with_a_client_certificate(SslProtocols version)
    {
        var (client, server) = await PairAsync();
        using var ssl = new SslStream(new ConnectionStream(server.Connection));
        var dialling = TlsOf(client).BecomeClientAsync(Authority.ClientSettings("localhost", Authority.Client("proxy-1")), CancellationToken.None).AsTask();
        await ssl.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificate = Authority.Server(),
            EnabledSslProtocols = version,
            ClientCertificateRequired = true,
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
        }).WaitAsync(Patience);
        Assert.Equal(TlsOutcome.Done, await dialling.WaitAsync(Patience));
        Assert.Equal((version, version), (ssl.SslProtocol, TlsOf(client).Protocol));
        Assert.Equal("CN=proxy-1", ssl.RemoteCertificate!.Subject);
    }

    [Fact]
    public async Task Older_versions_are_refused()
    {
        var (client, server) = await PairAsync();
        var serving = TlsOf(server).BecomeServerAsync(Authority.ServerSettings(), CancellationToken.None).AsTask();
        await client.Connection.Transport.Output.WriteAsync(Hello(0x0301, "localhost"));
        Assert.Equal(TlsOutcome.HandshakeFailed, await serving.WaitAsync(Patience));
    }

    [Theory]
    [InlineData(256, 1)]
    [InlineData(15_000, 1)]
    [InlineData(10, 1_000)]
    public async Task A_huge_sni_ends_its_own_handshake_and_disturbs_nobody(int octets, int names)
    {
        var settings = new TlsServerSettings([Authority.Server(), Authority.Server("*.example.net")], []);
        var (attacker, attacked) = await PairAsync();
        var (client, server) = await PairAsync();
        var serving = TlsOf(attacked).BecomeServerAsync(settings, CancellationToken.None).AsTask();
        await attacker.Connection.Transport.Output.WriteAsync(Hello(0x0303, [.. Enumerable.Repeat(new string('a', octets), names)]));
        Assert.Equal((TlsOutcome.Done, TlsOutcome.Done), await HandshakeAsync(client, Authority.ClientSettings(), server, settings));
        Assert.Equal(TlsOutcome.HandshakeFailed, await serving.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_new_certificate_is_for_handshakes_to_come_and_sessions_keep_theirs()
    {
        var tls = new ServerTls(Authority.ServerSettings("localhost", "one.example.org"));
        var (client, server) = await PairAsync();
        Assert.Equal((TlsOutcome.Done, TlsOutcome.Done), await HandshakeAsync(client, Authority.ClientSettings(), server, tls.For("imap")));
        tls.Replace(Authority.ServerSettings("localhost", "two.example.org"));
        var (next, serving) = await PairAsync();
        Assert.Equal((TlsOutcome.Done, TlsOutcome.Done), await HandshakeAsync(next, Authority.ClientSettings(), serving, tls.For("imap")));
        Assert.Equal(["localhost", "two.example.org"], CertificateNames.DnsNamesOf(TlsOf(next).VerifiedPeerCertificate!));
        await client.SendLineAsync("still here");
        await server.ExpectAsync("still here");
        await server.SendLineAsync("so am I");
        await client.ExpectAsync("so am I");
    }

    [Fact]
    public async Task Handshakes_are_counted_by_role_and_version()
    {
        var seen = new HashSet<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "mailproxy.tls.handshakes")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            lock (seen)
            {
                seen.Add(string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}")));
            }
        });
        listener.Start();
        var (client, server) = await PairAsync();
        Assert.Equal((TlsOutcome.Done, TlsOutcome.Done), await HandshakeAsync(client, Authority.ClientSettings(), server, Authority.ServerSettings()));
        var resumed = Transport.Name == "linux" ? " tls.resumed=False" : "";
        lock (seen)
        {
            // Tests beside this one count, too.
            Assert.Contains($"mailproxy.tls.role=server tls.protocol.version=1.3{resumed}", seen);
            Assert.Contains($"mailproxy.tls.role=client tls.protocol.version=1.3{resumed}", seen);
        }
    }

    [SuppressMessage("Security", "CA5359", Justification = "The certificate is what the test looks at.")]
    private static SslClientAuthenticationOptions Client(string name, SslProtocols version, string protocol) => new()
    {
        TargetHost = name,
        EnabledSslProtocols = version,
        ApplicationProtocols = [new SslApplicationProtocol(protocol)],
        RemoteCertificateValidationCallback = (_, _, _, _) => true,
    };

    // RFC 8446 4.1.2, as TLS 1.2 and earlier have it: version, random, no session, one cipher suite, no compression, and names (RFC 6066 3).
    private static byte[] Hello(ushort version, params string[] names)
    {
        byte[] entries = [.. names.SelectMany(name => (byte[])[0, .. Number(name.Length), .. Encoding.ASCII.GetBytes(name)])];
        byte[] extension = [0, 0, .. Number(entries.Length + 2), .. Number(entries.Length), .. entries];
        byte[] body = [.. Number(version), .. new byte[32], 0, .. Number(2), 0xC0, 0x2B, 1, 0, .. Number(extension.Length), .. extension];
        byte[] message = [1, 0, .. Number(body.Length), .. body];
        return [22, 3, 1, .. Number(message.Length), .. message];
    }

    private static byte[] Number(int value)
    {
        var octets = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(octets, (ushort)value);
        return octets;
    }
}
