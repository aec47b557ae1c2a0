using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace MailProxy.Store.Moves;

/// <summary>Clients of other stores: mutual TLS, our CAs and nobody else's.</summary>
public static class PullClients
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);

    // Of any answer but a message's content, whose limit is silence: a page of digests means reading 256 files.
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromMinutes(5);

    /// <summary>A client for one pull.</summary>
    /// <param name="certificate">Ours, with its key; null: none is shown.</param>
    /// <param name="authorities">CAs of the other stores' certificates; null: nobody is believed.</param>
    /// <param name="connections">Most connections at a time.</param>
    public static HttpClient Create(X509Certificate2? certificate, X509Certificate2Collection? authorities, int connections)
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true, TrustMode = X509ChainTrustMode.CustomRootTrust };
        policy.CustomTrustStore.AddRange(authorities ?? []);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ConnectTimeout = ConnectLimit,
            MaxConnectionsPerServer = connections,
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = policy,
                ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, null, offline: true),
            },
        };
        return new HttpClient(handler) { MaxResponseContentBufferSize = PullSource.MaxAnswerOctets, Timeout = AnswerLimit };
    }
}
