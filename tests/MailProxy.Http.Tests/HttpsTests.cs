using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.Http.Tests;

public sealed class HttpsTests : HttpTierFixture
{
    protected override HttpOptions Options { get; } = new() { Listen = "127.0.0.1:0", Tls = true };

    [Fact]
    public async Task Users_are_served_by_https_with_the_nodes_certificate()
    {
        using var client = NewClient();
        var response = await client.SendAsync(Request(new Uri($"https://{Tier.UserEndPoint}/v1/me"), "alice@example.org"));
        Assert.Equal("store-1", (await AnswerAsync(response)).Store);
        Assert.True(Directory.Last!.IsEncrypted);
        Assert.Null(Tier.AdminEndPoint);
        Assert.Null(Tier.AgentCheckEndPoint);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_renewed_certificate_is_served_to_the_next_connection()
    {
        Assert.Equal("CN=localhost", await SubjectAsync());
        Certificate = SslStreamCertificateContext.Create(Authority.Issuer.IssueServer("renewed", ["localhost"], [IPAddress.Loopback], TestAuthority.NotBefore, TestAuthority.NotAfter), null, offline: true);
        Assert.Equal("CN=renewed", await SubjectAsync());

        async Task<string> SubjectAsync()
        {
            var subject = "";
            using var client = NewClient(certificate => subject = certificate.Subject);
            using var response = await client.SendAsync(Request(new Uri($"https://{Tier.UserEndPoint}/v1/me"), "alice@example.org"));
            return subject;
        }
    }

    private HttpClient NewClient(Action<X509Certificate>? look = null) => new(new SocketsHttpHandler
    {
        SslOptions = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, CustomTrustStore = { Authority.Issuer.Root } },
            RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
            {
                look?.Invoke(certificate!);
                return errors == SslPolicyErrors.None;
            },
        },
    });
}
