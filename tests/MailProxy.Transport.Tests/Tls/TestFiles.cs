using MailProxy.Testing;
using MailProxy.Transport.Tls;

namespace MailProxy.Transport.Tests.Tls;

/// <summary>Certificates of one authority in files, as an operator has them.</summary>
internal sealed class TestFiles : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly CertificateIssuer _issuer = CertificateIssuer.Create("Test CA", TestAuthority.NotBefore, TestAuthority.NotAfter);

    /// <summary>Where they are.</summary>
    public TempDirectory Directory => _directory;

    /// <summary>Writes (or replaces) <c>NAME.pem</c> and <c>NAME.key</c> for <c>NAME.example.org</c>; options for them.</summary>
    public TlsOptions Options(string name)
    {
        var (certificate, key) = Renew(name);
        return new TlsOptions { Certificate = certificate, Key = key };
    }

    /// <summary>A new certificate and key of the same name in the same files.</summary>
    public (string Certificate, string Key) Renew(string name)
    {
        using var issued = _issuer.IssueServer(name, [$"{name}.example.org"], [], TestAuthority.NotBefore, TestAuthority.NotAfter);
        using var key = System.Security.Cryptography.X509Certificates.ECDsaCertificateExtensions.GetECDsaPrivateKey(issued)!;
        File.WriteAllText(_directory.File($"{name}.key"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(_directory.File($"{name}.pem"), issued.ExportCertificatePem());
        return (_directory.File($"{name}.pem"), _directory.File($"{name}.key"));
    }

    /// <inheritdoc/>
    public void Dispose() => _directory.Dispose();
}
