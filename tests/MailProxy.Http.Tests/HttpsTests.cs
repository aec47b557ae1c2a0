using System.Net;
using System.Net.Security;
using Xunit;

namespace MailProxy.Http.Tests;

public sealed class HttpsTests : HttpTierFixture
{
    protected override HttpOptions Options { get; } = new() { Listen = "127.0.0.1:0", Tls = true };

    [Fact]
    public async Task Users_are_served_by_https_with_the_nodes_certificate()
    {
        using var client = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new() { TrustMode = System.Security.Cryptography.X509Certificates.X509ChainTrustMode.CustomRootTrust, RevocationMode = 0, CustomTrustStore = { Authority.Issuer.Root } },
            },
        });
        var response = await client.SendAsync(Request(new Uri($"https://{Tier.UserEndPoint}/v1/me"), "alice@example.org"));
        Assert.Equal("store-1", (await AnswerAsync(response)).Store);
        Assert.True(Directory.Last!.IsEncrypted);
        Assert.Null(Tier.AdminEndPoint);
        Assert.Null(Tier.AgentCheckEndPoint);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
