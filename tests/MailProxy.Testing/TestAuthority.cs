using System.Net;
using System.Security.Cryptography.X509Certificates;
using MailProxy.Transport.Tls;

namespace MailProxy.Testing;

/// <summary>A CA in memory whose certificates are good at any time a fake clock may show.</summary>
public sealed class TestAuthority
{
    /// <summary>The first instant of every certificate.</summary>
    public static readonly DateTimeOffset NotBefore = new(1990, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The last instant of every certificate.</summary>
    public static readonly DateTimeOffset NotAfter = new(2099, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly CertificateIssuer _issuer = CertificateIssuer.Create("Test CA", NotBefore, NotAfter);

    /// <summary>Itself as a trust list.</summary>
    public X509Certificate2Collection Authorities => [_issuer.Root];

    /// <summary>The issuer, for certificates out of the ordinary.</summary>
    public CertificateIssuer Issuer => _issuer;

    /// <summary>A server certificate for DNS names; without any: <c>localhost</c> and 127.0.0.1.</summary>
    public X509Certificate2 Server(params string[] dnsNames) => dnsNames.Length == 0
        ? _issuer.IssueServer("localhost", ["localhost"], [IPAddress.Loopback, IPAddress.IPv6Loopback], NotBefore, NotAfter)
        : _issuer.IssueServer(dnsNames[0], dnsNames, [], NotBefore, NotAfter);

    /// <summary>A client certificate.</summary>
    public X509Certificate2 Client(string commonName) => _issuer.IssueClient(commonName, NotBefore, NotAfter);

    /// <summary>Settings of a server with a certificate of <see cref="Server"/>.</summary>
    public TlsServerSettings ServerSettings(params string[] dnsNames) => new([Server(dnsNames)], []);

    /// <summary>Settings of a client that trusts this CA.</summary>
    public TlsClientSettings ClientSettings(string targetHost = "localhost", X509Certificate2? certificate = null) => new(targetHost, Authorities, certificate);
}
