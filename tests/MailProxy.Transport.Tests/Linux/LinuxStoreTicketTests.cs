using System.Net.Security;
using System.Security.Authentication;
using MailProxy.Transport.Tls;
using Xunit;

namespace MailProxy.Transport.Tests.Linux;

/// <summary>Tickets from the client's side: what is kept, for how long, and where it is used.</summary>
public sealed class LinuxStoreTicketTests() : TransportSuite(LinuxTransports.Create)
{
    [Fact]
    public async Task The_second_connection_to_a_store_resumes_and_knows_its_certificate_still()
    {
        var (client, server) = (Authority.ClientSettings(), Authority.ServerSettings());
        Assert.False(await IsResumedAsync(client, server));
        var (dialled, accepted) = await PairAsync();
        Assert.Equal((TlsOutcome.Done, TlsOutcome.Done), await HandshakeAsync(dialled, client, accepted, server));
        Assert.True(TlsOf(dialled).IsResumed);
        Assert.Equal(["localhost"], CertificateNames.DnsNamesOf(TlsOf(dialled).VerifiedPeerCertificate!));
    }

    [Fact]
    public async Task Other_settings_never_resume_though_they_say_the_same()
    {
        var server = Authority.ServerSettings();
        Assert.False(await IsResumedAsync(Authority.ClientSettings(), server));
        Assert.False(await IsResumedAsync(Authority.ClientSettings(), server));
        Assert.False(await IsResumedAsync(Authority.ClientSettings("localhost", Authority.Client("proxy-1")), server));
    }

    [Fact]
    public async Task A_ticket_of_one_store_does_not_spare_another_the_check_of_its_certificate()
    {
        var client = Authority.ClientSettings();
        Assert.False(await IsResumedAsync(client, Authority.ServerSettings()));
        var (dialled, accepted) = await PairAsync();
        var (outcome, _) = await HandshakeAsync(dialled, client, accepted, Authority.ServerSettings("elsewhere.example.org"));
        Assert.Equal(TlsOutcome.CertificateRejected, outcome);
    }

    [Fact]
    public async Task After_two_hours_of_resumptions_the_certificate_is_verified_again()
    {
        var (client, server) = (Authority.ClientSettings(), Authority.ServerSettings());
        Assert.False(await IsResumedAsync(client, server));
        Time.Advance(TimeSpan.FromMinutes(90));
        Assert.True(await IsResumedAsync(client, server));
        Time.Advance(TimeSpan.FromMinutes(29));
        Assert.True(await IsResumedAsync(client, server));

        // The ticket is a minute old, what stands behind it two hours.
        Time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(await IsResumedAsync(client, server));
        Assert.True(await IsResumedAsync(client, server));
    }

    [Fact]
    public async Task A_ticket_is_used_once()
    {
        var (client, server) = (Authority.ClientSettings(), Authority.ServerSettings());
        Assert.False(await IsResumedAsync(client, server));

        // Its successor comes with the first octets, which nobody reads here.
        var (dialled, accepted) = await PairAsync();
        Assert.Equal((TlsOutcome.Done, TlsOutcome.Done), await HandshakeAsync(dialled, client, accepted, server));
        Assert.True(TlsOf(dialled).IsResumed);
        Assert.False(await IsResumedAsync(client, server));
    }

    [Fact]
    public async Task Each_dial_finds_a_ticket_of_its_own()
    {
        var (client, server) = (Authority.ClientSettings(), Authority.ServerSettings());
        var opened = new List<(bool Resumed, Func<Task> ReadTicketAsync)>();
        for (var i = 0; i < 4; i++)
        {
            opened.Add(await OpenAsync(client, server));
        }

        foreach (var (_, readTicketAsync) in opened)
        {
            await readTicketAsync();
        }

        for (var i = 0; i < 4; i++)
        {
            opened.Add(await OpenAsync(client, server));
        }

        Assert.Equal([false, false, false, false, true, true, true, true], opened.Select(one => one.Resumed));
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Stores_of_both_versions_are_resumed_again_and_again(SslProtocols version)
    {
        var certificate = SslStreamCertificateContext.Create(Authority.Server(), null, offline: true);
        var client = Authority.ClientSettings();
        var resumed = new List<bool?>();
        for (var i = 0; i < 4; i++)
        {
            var (dialled, accepted) = await PairAsync();
            using var ssl = new SslStream(new ConnectionStream(accepted.Connection));
            var dialling = TlsOf(dialled).BecomeClientAsync(client, CancellationToken.None).AsTask();
            await ssl.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = certificate, EnabledSslProtocols = version }).WaitAsync(Patience);
            Assert.Equal(TlsOutcome.Done, await dialling.WaitAsync(Patience));
            Assert.Equal(version, TlsOf(dialled).Protocol);
            await ssl.WriteAsync("hello\r\n"u8.ToArray());
            await dialled.ExpectAsync("hello");
            resumed.Add(TlsOf(dialled).IsResumed);
        }

        Assert.Equal([false, true, true, true], resumed);
    }

    private async Task<(bool Resumed, Func<Task> ReadTicketAsync)> OpenAsync(TlsClientSettings clientSettings, TlsServerSettings serverSettings)
    {
        var (client, server) = await PairAsync();
        Assert.Equal((TlsOutcome.Done, TlsOutcome.Done), await HandshakeAsync(client, clientSettings, server, serverSettings));
        return (TlsOf(client).IsResumed!.Value, async () =>
        {
            await server.SendLineAsync("hello");
            await client.ExpectAsync("hello");
        });
    }

    private async Task<bool> IsResumedAsync(TlsClientSettings clientSettings, TlsServerSettings serverSettings)
    {
        var (isResumed, readTicketAsync) = await OpenAsync(clientSettings, serverSettings);
        await readTicketAsync();
        return isResumed;
    }
}
