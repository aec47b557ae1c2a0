using System.Net;
using MailProxy.Testing;
using MailProxy.Transport.Tls;
using Xunit;

namespace MailProxy.Transport.Tests.Tls;

public sealed class TlsOptionsTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly CertificateAuthority _authority;

    public TlsOptionsTests()
    {
        _authority = CertificateAuthority.LoadOrCreate(_directory.Path, TimeProvider.System);
        _authority.IssueServer("one", ["one.example.org"], [IPAddress.Loopback]);
        _authority.IssueServer("two", ["two.example.org"], []);
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Files_become_settings()
    {
        var options = new TlsOptions { Certificate = _directory.File("one.pem"), Key = _directory.File("one.key"), ClientAuthorities = _directory.File("ca.pem") };
        options.Additional.Add(new CertificateFiles { Certificate = _directory.File("two.pem"), Key = _directory.File("two.key") });
        Assert.Empty(options.Validate("Tls"));
        var settings = options.Load(["imap"]);
        Assert.Equal(["one.example.org", "two.example.org"], settings.Certificates.SelectMany(CertificateNames.DnsNamesOf));
        Assert.All(settings.Certificates, certificate => Assert.True(certificate.HasPrivateKey));
        Assert.Equal(["imap"], settings.ApplicationProtocols);
        Assert.Equal(_authority.Root.Thumbprint, Assert.Single(settings.ClientAuthorities!).Thumbprint);
        Assert.False(settings.RequireClientCertificate);
        Assert.Null(settings.Intermediates);
    }

    [Fact]
    public void One_file_may_hold_certificate_intermediates_and_key()
    {
        var all = _directory.File("all.pem");
        File.WriteAllText(all, File.ReadAllText(_directory.File("one.pem")) + File.ReadAllText(_directory.File("ca.pem")) + File.ReadAllText(_directory.File("one.key")));
        var options = new TlsOptions { Certificate = all };
        Assert.Empty(options.Validate("Tls"));
        var settings = options.Load([]);
        Assert.Equal(["one.example.org"], CertificateNames.DnsNamesOf(Assert.Single(settings.Certificates)));
        Assert.Equal(_authority.Root.Thumbprint, Assert.Single(settings.Intermediates!).Thumbprint);
    }

    [Fact]
    public void Every_error_is_told_at_once()
    {
        File.WriteAllText(_directory.File("junk.pem"), "not a certificate");
        var options = new TlsOptions
        {
            Certificate = _directory.File("missing.pem"),
            ClientAuthorities = _directory.File("junk.pem"),
        };
        options.Additional.Add(new CertificateFiles { Certificate = _directory.File("one.pem"), Key = _directory.File("two.key") });
        options.Additional.Add(new CertificateFiles());
        Assert.Collection(
            options.Validate("Imap:Tls"),
            error => Assert.Equal($"Imap:Tls:Certificate: There is no file '{_directory.File("missing.pem")}'.", error),
            error => Assert.StartsWith("Imap:Tls:Additional:0:Certificate: ", error, StringComparison.Ordinal),
            error => Assert.Equal("Imap:Tls:Additional:1:Certificate: name the PEM file that holds the certificate.", error),
            error => Assert.Equal($"Imap:Tls:ClientAuthorities: '{_directory.File("junk.pem")}' holds no certificate; it must have a block -----BEGIN CERTIFICATE-----.", error));
    }

    [Fact]
    public void Required_client_certificates_need_authorities()
    {
        var options = new TlsOptions { Certificate = _directory.File("one.pem"), Key = _directory.File("one.key"), RequireClientCertificate = true };
        Assert.Equal("Tls:ClientAuthorities: client certificates are required, so name the PEM file of the CAs that sign them.", Assert.Single(options.Validate("Tls")));
    }
}
