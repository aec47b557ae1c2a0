using System.Net;
using System.Security.Authentication;
using MailProxy.Testing;
using MailProxy.Transport.Tls;
using Xunit;

namespace MailProxy.Transport.Tests;

public abstract class TlsSuite(Func<TimeProvider, IMailTransport> create) : TransportSuite(create)
{
    [Fact]
    public async Task After_an_upgrade_the_transport_carries_plain_text()
    {
        var (client, server) = await PairAsync();
        await client.SendLineAsync("STARTTLS");
        await server.ExpectAsync("STARTTLS");
        await server.SendLineAsync("220 go ahead");
        await client.ExpectAsync("220 go ahead");
        Assert.Equal((TlsOutcome.Done, TlsOutcome.Done), await HandshakeAsync(client, Authority.ClientSettings(), server, Authority.ServerSettings()));
        await client.SendLineAsync("EHLO again");
        await server.ExpectAsync("EHLO again");
        await server.SendLineAsync("250 ok");
        await client.ExpectAsync("250 ok");
        foreach (var tls in new[] { TlsOf(client), TlsOf(server) })
        {
            Assert.True(tls.IsEncrypted);
            Assert.True(tls.Protocol is SslProtocols.Tls12 or SslProtocols.Tls13);
            Assert.StartsWith("TLS_", tls.CipherSuite, StringComparison.Ordinal);
        }

        Assert.Equal("localhost", TlsOf(server).ServerName);
        Assert.NotNull(TlsOf(client).VerifiedPeerCertificate);
        Assert.Null(TlsOf(server).VerifiedPeerCertificate);
    }

    [Fact]
    public async Task In_clear_nothing_is_claimed()
    {
        var (client, _) = await PairAsync();
        var tls = TlsOf(client);
        Assert.Equal((false, SslProtocols.None, "", null, null, null), (tls.IsEncrypted, tls.Protocol, tls.CipherSuite, tls.ServerName, tls.ApplicationProtocol, tls.VerifiedPeerCertificate));
    }

    [Fact]
    public async Task The_end_of_one_direction_passes_through_tls()
    {
        var (client, server) = await PairAsync();
        await HandshakeAsync(client, Authority.ClientSettings(), server, Authority.ServerSettings());
        await client.SendLineAsync("QUIT");
        await client.EndAsync();
        await server.ExpectAsync("QUIT");
        await server.ExpectEndAsync();
        await server.SendLineAsync("221 bye");
        await server.DisposeAsync();
        await client.ExpectAsync("221 bye");
        await client.ExpectEndAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Bytes_behind_starttls_end_the_upgrade(bool wereExamined)
    {
        var (client, server) = await PairAsync();
        await client.SendAsync("STARTTLS\r\nRSET\r\n");
        await server.ReadAsync("STARTTLS\r\n".Length);
        if (wereExamined)
        {
            var input = server.Connection.Transport.Input;
            var seen = await input.ReadAsync();
            input.AdvanceTo(seen.Buffer.Start, seen.Buffer.End);
        }

        Assert.Equal(TlsOutcome.BytesBehindUpgrade, await TlsOf(server).BecomeServerAsync(Authority.ServerSettings(), CancellationToken.None));
        Assert.False(TlsOf(server).IsEncrypted);
    }

    [Fact]
    public async Task Bytes_behind_the_reply_to_starttls_end_the_upgrade()
    {
        var (client, server) = await PairAsync();
        await server.SendAsync("220 go ahead\r\n250 fake capability\r\n");
        await client.ExpectAsync("220 go ahead");
        Assert.Equal(TlsOutcome.BytesBehindUpgrade, await TlsOf(client).BecomeClientAsync(Authority.ClientSettings(), CancellationToken.None));
    }

    [Fact]
    public async Task A_hello_that_comes_early_is_no_injection()
    {
        // The client begins its handshake before the server looks: nothing must have been read ahead meanwhile.
        var (client, server) = await PairAsync();
        var dialling = TlsOf(client).BecomeClientAsync(Authority.ClientSettings(), CancellationToken.None).AsTask();
        Assert.False(dialling.IsCompleted);
        Assert.Equal(TlsOutcome.Done, await TlsOf(server).BecomeServerAsync(Authority.ServerSettings(), CancellationToken.None));
        Assert.Equal(TlsOutcome.Done, await dialling.WaitAsync(Patience));
    }

    [Theory]
    [InlineData("imap", TlsOutcome.Done, "imap")]
    [InlineData(null, TlsOutcome.Done, null)]
    [InlineData("h2", TlsOutcome.WrongApplicationProtocol, null)]
    public async Task Alpn_is_enforced_when_offered(string? offered, TlsOutcome expected, string? negotiated)
    {
        var (client, server) = await PairAsync();
        var (_, outcome) = await HandshakeAsync(
            client, Authority.ClientSettings() with { ApplicationProtocol = offered }, server, Authority.ServerSettings() with { ApplicationProtocols = ["imap"] });
        Assert.Equal(expected, outcome);
        Assert.Equal(negotiated, TlsOf(server).ApplicationProtocol);
    }

    [Theory]
    [InlineData("imap.example.org", "imap.example.org")]
    [InlineData("IMAP.Example.ORG", "imap.example.org")]
    [InlineData("any.example.net", "*.example.net")]
    [InlineData("localhost", "localhost")]
    public async Task Sni_picks_the_certificate(string asked, string expected)
    {
        var (client, server) = await PairAsync();
        var settings = new TlsServerSettings([Authority.Server(), Authority.Server("imap.example.org"), Authority.Server("*.example.net")], []);
        Assert.Equal((TlsOutcome.Done, TlsOutcome.Done), await HandshakeAsync(client, Authority.ClientSettings(asked), server, settings));
        Assert.Equal([expected], CertificateNames.DnsNamesOf(TlsOf(client).VerifiedPeerCertificate!));
    }

    [Theory]
    [InlineData("unknown.example.com")]
    [InlineData("a.b.example.net")]
    public async Task A_name_of_no_certificate_gets_the_default_and_the_client_refuses_it(string asked)
    {
        var (client, server) = await PairAsync();
        var settings = new TlsServerSettings([Authority.Server(), Authority.Server("*.example.net")], []);
        var (outcome, _) = await HandshakeAsync(client, Authority.ClientSettings(asked), server, settings);
        Assert.Equal(TlsOutcome.CertificateRejected, outcome);
        Assert.Null(TlsOf(client).VerifiedPeerCertificate);
    }

    [Fact]
    public async Task A_server_of_another_authority_is_refused()
    {
        var (client, server) = await PairAsync();
        var (outcome, _) = await HandshakeAsync(client, Authority.ClientSettings(), server, new TestAuthority().ServerSettings());
        Assert.Equal(TlsOutcome.CertificateRejected, outcome);
    }

    [Fact]
    public async Task An_expired_server_is_refused()
    {
        var (client, server) = await PairAsync();
        var expired = Authority.Issuer.IssueServer("localhost", ["localhost"], [], Time.GetUtcNow().AddDays(-9), Time.GetUtcNow().AddDays(-1));
        var (outcome, _) = await HandshakeAsync(client, Authority.ClientSettings(), server, new TlsServerSettings([expired], []));
        Assert.Equal(TlsOutcome.CertificateRejected, outcome);
    }

    [Fact]
    public async Task A_server_is_found_by_its_address_too()
    {
        var (client, server) = await PairAsync();
        Assert.Equal((TlsOutcome.Done, TlsOutcome.Done), await HandshakeAsync(client, Authority.ClientSettings("127.0.0.1"), server, Authority.ServerSettings()));
        Assert.Null(TlsOf(server).ServerName);
    }

    [Fact]
    public async Task A_client_certificate_is_verified_and_told()
    {
        var (client, server) = await PairAsync();
        var settings = Authority.ServerSettings() with { ClientAuthorities = Authority.Authorities, RequireClientCertificate = true };
        Assert.Equal((TlsOutcome.Done, TlsOutcome.Done), await HandshakeAsync(client, Authority.ClientSettings("localhost", Authority.Client("proxy-1")), server, settings));
        Assert.Equal("CN=proxy-1", TlsOf(server).VerifiedPeerCertificate!.Subject);
    }

    [Theory]
    [InlineData(true, TlsOutcome.CertificateRejected)]
    [InlineData(false, TlsOutcome.Done)]
    public async Task A_missing_client_certificate_matters_when_required(bool isRequired, TlsOutcome expected)
    {
        var (client, server) = await PairAsync();
        var settings = Authority.ServerSettings() with { ClientAuthorities = Authority.Authorities, RequireClientCertificate = isRequired };
        var (_, outcome) = await HandshakeAsync(client, Authority.ClientSettings(), server, settings);
        Assert.Equal(expected, outcome);
        Assert.Null(TlsOf(server).VerifiedPeerCertificate);
    }

    [Fact]
    public async Task A_client_certificate_that_nobody_asked_for_is_not_told()
    {
        var (client, server) = await PairAsync();
        await HandshakeAsync(client, Authority.ClientSettings("localhost", Authority.Client("proxy-1")), server, Authority.ServerSettings());
        Assert.Null(TlsOf(server).VerifiedPeerCertificate);
    }

    [Theory]
    [InlineData("another authority")]
    [InlineData("expired")]
    [InlineData("a server's certificate")]
    public async Task A_client_certificate_that_does_not_verify_is_refused_though_none_was_required(string flaw)
    {
        var (client, server) = await PairAsync();
        var certificate = flaw switch
        {
            "another authority" => new TestAuthority().Client("proxy-1"),
            "expired" => Authority.Issuer.IssueClient("proxy-1", Time.GetUtcNow().AddDays(-9), Time.GetUtcNow().AddDays(-1)),
            _ => Authority.Issuer.IssueServer("proxy-1", ["proxy-1"], [IPAddress.Loopback], TestAuthority.NotBefore, TestAuthority.NotAfter),
        };
        var settings = Authority.ServerSettings() with { ClientAuthorities = Authority.Authorities };
        var (_, outcome) = await HandshakeAsync(client, Authority.ClientSettings("localhost", certificate), server, settings);
        Assert.Equal(TlsOutcome.CertificateRejected, outcome);
        Assert.Null(TlsOf(server).VerifiedPeerCertificate);
    }

    [Fact]
    public async Task A_session_of_a_lenient_listener_opens_no_strict_one()
    {
        // CVE-2025-23419: same certificate, same name, but this listener wants a client certificate.
        var lenient = Authority.ServerSettings();
        var strict = lenient with { ClientAuthorities = Authority.Authorities, RequireClientCertificate = true };
        var without = Authority.ClientSettings();
        for (var i = 0; i < 3; i++)
        {
            var (client, server) = await PairAsync();
            Assert.Equal((TlsOutcome.Done, TlsOutcome.Done), await HandshakeAsync(client, without, server, lenient));
            // The ticket comes with the first data.
            await server.SendLineAsync("hello");
            await client.ExpectAsync("hello");
        }

        var (last, refusing) = await PairAsync();
        var (_, outcome) = await HandshakeAsync(last, without, refusing, strict);
        Assert.Equal(TlsOutcome.CertificateRejected, outcome);
    }

    [Fact]
    public async Task Every_session_of_a_strict_listener_tells_its_certificate()
    {
        var strict = Authority.ServerSettings() with { ClientAuthorities = Authority.Authorities, RequireClientCertificate = true };
        var settings = Authority.ClientSettings("localhost", Authority.Client("proxy-1"));
        for (var i = 0; i < 3; i++)
        {
            var (client, server) = await PairAsync();
            Assert.Equal((TlsOutcome.Done, TlsOutcome.Done), await HandshakeAsync(client, settings, server, strict));
            await server.SendLineAsync("hello");
            await client.ExpectAsync("hello");
            Assert.Equal("CN=proxy-1", TlsOf(server).VerifiedPeerCertificate!.Subject);
        }
    }

    [Fact]
    public async Task What_is_not_tls_fails_the_handshake()
    {
        var (client, server) = await PairAsync();
        await client.SendLineAsync("GET / HTTP/1.1");
        var outcome = await TlsOf(server).BecomeServerAsync(Authority.ServerSettings(), CancellationToken.None).AsTask().WaitAsync(Patience);
        Assert.Equal(TlsOutcome.HandshakeFailed, outcome);
    }

    [Fact]
    public async Task A_peer_that_leaves_or_a_deadline_aborts_the_handshake()
    {
        var (client, server) = await PairAsync();
        using var deadline = new CancellationTokenSource();
        var serving = TlsOf(server).BecomeServerAsync(Authority.ServerSettings(), deadline.Token).AsTask();
        await deadline.CancelAsync();
        Assert.Equal(TlsOutcome.Aborted, await serving.WaitAsync(Patience));

        var (leaving, second) = await PairAsync();
        await leaving.EndAsync();
        Assert.Equal(TlsOutcome.Aborted, await TlsOf(second).BecomeServerAsync(Authority.ServerSettings(), CancellationToken.None).AsTask().WaitAsync(Patience));
    }

    [Fact]
    public async Task A_second_upgrade_is_a_bug()
    {
        var (client, server) = await PairAsync();
        await HandshakeAsync(client, Authority.ClientSettings(), server, Authority.ServerSettings());
        await Assert.ThrowsAsync<InvalidOperationException>(() => TlsOf(server).BecomeServerAsync(Authority.ServerSettings(), CancellationToken.None).AsTask());
    }
}
