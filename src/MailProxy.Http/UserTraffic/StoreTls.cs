using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace MailProxy.Http.UserTraffic;

/// <summary>TLS towards stores: mutual, the name verified, nothing fetched from anywhere.</summary>
internal static class StoreTls
{
    /// <summary>Options for the handler of every store.</summary>
    public static SslClientAuthenticationOptions Options(StoreHttpClientSettings settings)
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        if (settings.Authorities is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(settings.Authorities);
        }

        return new SslClientAuthenticationOptions
        {
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateChainPolicy = policy,
            ClientCertificateContext = settings.ClientCertificate is null ? null : SslStreamCertificateContext.Create(settings.ClientCertificate, null, offline: true),
        };
    }
}
