using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MailProxy.Transport.Tls;

namespace MailProxy.Store.Tests.Serving;

/// <summary>Two authorities, ours and a stranger's, and what a test needs of them. Made once.</summary>
internal static class Certificates
{
    private static readonly DateTimeOffset From = DateTimeOffset.UtcNow.AddDays(-1);
    private static readonly DateTimeOffset To = DateTimeOffset.UtcNow.AddDays(30);
    private static readonly CertificateIssuer Ours = CertificateIssuer.Create("test CA", From, To);

    public static X509Certificate2 Server { get; } = Ours.IssueServer("store", ["store.test"], [], From, To);

    public static X509Certificate2 Proxy { get; } = Ours.IssueClient("proxy-1", From, To);

    public static X509Certificate2 OtherClient { get; } = Ours.IssueClient("laptop", From, To);

    public static X509Certificate2 StoreClient { get; } = Ours.IssueClient("store-2", From, To);

    public static X509Certificate2 LocalServer { get; } = Ours.IssueServer("store", ["localhost"], [IPAddress.Loopback], From, To);

    public static X509Certificate2 Strangers { get; } = CertificateIssuer.Create("another CA", From, To).IssueClient("store-2", From, To);

    public static X509Certificate2Collection Authorities => [Ours.Root];

    public static X509Certificate2 DnsNamedClient { get; } = IssueDnsNamedClient();

    public static TlsServerSettings ServerSettings { get; } = new([Server], [], [Ours.Root]);

    private static X509Certificate2 IssueDnsNamedClient()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("O=Example", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("proxy-2.test");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        using var certificate = request.Create(Ours.Root, From, To, [1, 2, 3, 4]);
        using var withKey = certificate.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }

    public static TlsClientSettings ClientSettings(X509Certificate2? certificate) => new("store.test", [Ours.Root], certificate);
}
