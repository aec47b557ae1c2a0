using System.Security.Cryptography.X509Certificates;

namespace MailProxy.Transport.Tls;

/// <summary>Names a certificate was issued for.</summary>
public static class CertificateNames
{
    /// <summary>DNS names of the subject alternative name (wildcards as written, <c>*.example.org</c>); without any, the common name.</summary>
    public static IReadOnlyList<string> DnsNamesOf(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(extension => extension.EnumerateDnsNames()).ToList();
        if (names.Count == 0)
        {
            names.Add(certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false));
        }

        return names;
    }
}
