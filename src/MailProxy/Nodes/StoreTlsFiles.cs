using MailProxy.Configuration;
using MailProxy.Proxy.Connect;
using MailProxy.Transport.Tls;

namespace MailProxy.Nodes;

/// <summary>Reads the certificates of the store leg.</summary>
internal static class StoreTlsFiles
{
    /// <summary>Errors: <see cref="CertificateFileException"/>.</summary>
    public static StoreTlsIdentity Load(StoreTlsOptions options) => new(
        options.Authorities.Length == 0 ? null : PemFiles.LoadCertificates(options.Authorities),
        options.ClientCertificate.Length == 0 ? null : PemFiles.LoadWithKey(options.ClientCertificate, options.ClientKey));
}
