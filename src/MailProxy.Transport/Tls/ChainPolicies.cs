using System.Security.Cryptography.X509Certificates;

namespace MailProxy.Transport.Tls;

/// <summary>How peers' certificates are verified. SslStream adds the extended key usage: serverAuth for servers, clientAuth for clients.</summary>
internal static class ChainPolicies
{
    /// <summary>Trust in <paramref name="authorities"/> alone, or in the system's when null; nothing is fetched from anywhere during a handshake.</summary>
    public static X509ChainPolicy For(X509Certificate2Collection? authorities, DateTimeOffset now)
    {
        var policy = new X509ChainPolicy
        {
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationTime = now.UtcDateTime,
            VerificationTimeIgnored = false,
        };
        if (authorities is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(authorities);
        }

        return policy;
    }
}
