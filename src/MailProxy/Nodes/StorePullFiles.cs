using MailProxy.Configuration;
using MailProxy.Store.Moves;
using MailProxy.Transport.Tls;

namespace MailProxy.Nodes;

/// <summary>Reads the certificates by which a store pulls users from others: its own section's, else those of its listeners.</summary>
internal static class StorePullFiles
{
    /// <summary>A client for one pull. Errors: <see cref="CertificateFileException"/>.</summary>
    public static HttpClient Client(StoreConfig config)
    {
        var (certificate, key) = config.Moves.ClientCertificate.Length > 0
            ? (config.Moves.ClientCertificate, config.Moves.ClientKey)
            : (config.Tls.Certificate, config.Tls.Key ?? config.Tls.Certificate);
        var authorities = config.Moves.Authorities.Length > 0 ? config.Moves.Authorities : config.Tls.ClientAuthorities;
        return PullClients.Create(
            string.IsNullOrEmpty(certificate) ? null : PemFiles.LoadWithKey(certificate, key!),
            string.IsNullOrEmpty(authorities) ? null : PemFiles.LoadCertificates(authorities),
            config.Moves.PullConnections);
    }
}
