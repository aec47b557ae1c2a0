using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MailProxy.Transport.Tls;

/// <summary>Channel bindings of TLS: what only the two ends of one connection know, or know to be of one server.</summary>
public static class ChannelBindings
{
    /// <summary>RFC 9266: of this connection alone. Needs TLS 1.3, or 1.2 with the extended master secret.</summary>
    public const string Exporter = "tls-exporter";

    /// <summary>RFC 5929 4: of the server's certificate.</summary>
    public const string ServerEndPoint = "tls-server-end-point";

    /// <summary>RFC 9266 2: the label of the exporter; its context is empty, its length <see cref="ExporterOctets"/>.</summary>
    internal static ReadOnlySpan<byte> ExporterLabel => "EXPORTER-Channel-Binding"u8;

    /// <summary>RFC 9266 2.</summary>
    internal const int ExporterOctets = 32;

    /// <summary>RFC 5929 4.1: the certificate's hash, by the hash of its signature, MD5 and SHA-1 replaced by SHA-256. Null: its signature has no single one.</summary>
    internal static byte[]? OfCertificate(X509Certificate2 certificate) => certificate.SignatureAlgorithm.Value switch
    {
        // RSA with MD5, SHA-1, SHA-256; ECDSA with SHA-1, SHA-256.
        "1.2.840.113549.1.1.4" or "1.2.840.113549.1.1.5" or "1.2.840.113549.1.1.11" or "1.2.840.10045.4.1" or "1.2.840.10045.4.3.2" => SHA256.HashData(certificate.RawDataMemory.Span),
        "1.2.840.113549.1.1.12" or "1.2.840.10045.4.3.3" => SHA384.HashData(certificate.RawDataMemory.Span),
        "1.2.840.113549.1.1.13" or "1.2.840.10045.4.3.4" => SHA512.HashData(certificate.RawDataMemory.Span),
        _ => null,
    };
}
