using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MailProxy.Directory.HttpAuth;

/// <summary>TLS towards the service: always verified, name included.</summary>
internal static class HttpAuthTls
{
    /// <summary>By the options; throws what reading the files throws.</summary>
    public static SslClientAuthenticationOptions Of(HttpAuthOptions options)
    {
        var tls = new SslClientAuthenticationOptions();
        if (LoadCertificate(options) is { } certificate)
        {
            tls.ClientCertificates = [certificate];
        }

        if (options.Authorities.Length > 0)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(LoadAuthorities(options.Authorities));
            tls.CertificateChainPolicy = policy;
        }

        return tls;
    }

    /// <summary>Our own; null: none is configured.</summary>
    public static X509Certificate2? LoadCertificate(HttpAuthOptions options) =>
        options.ClientCertificate.Length == 0 ? null : X509Certificate2.CreateFromPemFile(options.ClientCertificate, options.ClientKey);

    /// <summary>All certificates of a PEM file.</summary>
    /// <exception cref="CryptographicException">There are none.</exception>
    public static X509Certificate2Collection LoadAuthorities(string path)
    {
        var all = new X509Certificate2Collection();
        all.ImportFromPemFile(path);
        return all.Count > 0 ? all : throw new CryptographicException("it holds no certificate.");
    }
}
