using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MailProxy.Transport.Tls;

/// <summary>A certificate authority in memory: ECDSA P-256 keys, SHA-256 signatures.</summary>
/// <param name="root">The CA's certificate with its private key.</param>
public sealed class CertificateIssuer(X509Certificate2 root)
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    // RFC 5280 4.1.2.2: positive, at most 20 octets; 16 random ones never meet again.
    private const int SerialOctets = 16;

    /// <summary>The CA's certificate.</summary>
    public X509Certificate2 Root => root;

    /// <summary>A new CA that may sign end-entity certificates only.</summary>
    public static CertificateIssuer Create(string commonName, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(Subject(commonName), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return new CertificateIssuer(request.CreateSelfSigned(notBefore, notAfter));
    }

    /// <summary>A server's certificate with its private key.</summary>
    public X509Certificate2 IssueServer(string commonName, IEnumerable<string> dnsNames, IEnumerable<IPAddress> addresses, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var name in dnsNames)
        {
            names.AddDnsName(name);
        }

        foreach (var address in addresses)
        {
            names.AddIpAddress(address);
        }

        return Issue(commonName, ServerAuthentication, names.Build(), notBefore, notAfter);
    }

    /// <summary>A client's certificate with its private key.</summary>
    public X509Certificate2 IssueClient(string commonName, DateTimeOffset notBefore, DateTimeOffset notAfter, X509Extension? names = null) =>
        Issue(commonName, ClientAuthentication, names, notBefore, notAfter);

    private static X500DistinguishedName Subject(string commonName)
    {
        var builder = new X500DistinguishedNameBuilder();
        builder.AddCommonName(commonName);
        return builder.Build();
    }

    private X509Certificate2 Issue(string commonName, string usage, X509Extension? names, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(Subject(commonName), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(root, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        if (names is not null)
        {
            request.CertificateExtensions.Add(names);
        }

        var serial = RandomNumberGenerator.GetBytes(SerialOctets);
        serial[0] = (byte)((serial[0] & 0x7F) | 0x01);
        using var certificate = request.Create(root, notBefore, notAfter, serial);
        using var withKey = certificate.CopyWithPrivateKey(key);
        return PemFiles.Usable(withKey);
    }
}
