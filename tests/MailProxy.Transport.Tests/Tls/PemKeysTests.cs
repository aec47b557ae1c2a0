using System.Security.Cryptography;
using MailProxy.Testing;
using MailProxy.Transport.Tls;
using Xunit;

namespace MailProxy.Transport.Tests.Tls;

public sealed class PemKeysTests : IDisposable
{
    private readonly TempDirectory _folder = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose()
    {
        _key.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Private_keys_are_read_in_both_forms_that_openssl_writes()
    {
        foreach (var text in new[] { _key.ExportPkcs8PrivateKeyPem(), _key.ExportECPrivateKeyPem() })
        {
            using var read = PemKeys.LoadPrivate(Write(text));
            Assert.Equal(_key.ExportSubjectPublicKeyInfo(), read.ExportSubjectPublicKeyInfo());
        }
    }

    [Fact]
    public void What_is_no_private_key_is_told_with_what_to_do()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);
        Refused("holds no private key; make one with: openssl genpkey", _key.ExportSubjectPublicKeyInfoPem());
        Refused("holds no private key", "");
        Refused("is encrypted; remove its passphrase", _key.ExportEncryptedPkcs8PrivateKeyPem("x", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1)));
        Refused("another curve than P-256", other.ExportPkcs8PrivateKeyPem());
        Refused("none of an elliptic curve", rsa.ExportPkcs8PrivateKeyPem());
        Refused("none of an elliptic curve", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        Assert.StartsWith("There is no file", Assert.Throws<CertificateFileException>(() => PemKeys.LoadPrivate(_folder.File("nothing"))).Message, StringComparison.Ordinal);

        void Refused(string why, string text) =>
            Assert.Contains(why, Assert.Throws<CertificateFileException>(() => PemKeys.LoadPrivate(Write(text))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(PemKeys.MostKeys, true)]
    [InlineData(PemKeys.MostKeys + 1, false)]
    [InlineData(0, false)]
    public void Public_keys_may_be_several(int count, bool isGood)
    {
        var path = Write(string.Join('\n', Enumerable.Repeat(_key.ExportSubjectPublicKeyInfoPem(), count)));
        if (isGood)
        {
            Assert.Equal(count, PemKeys.LoadPublic(path).Count);
        }
        else
        {
            Assert.Throws<CertificateFileException>(() => PemKeys.LoadPublic(path));
        }
    }

    [Fact]
    public void Anything_else_beside_public_keys_is_refused()
    {
        var mine = _key.ExportSubjectPublicKeyInfoPem() + "\n";
        Refused("holds a private key", mine + _key.ExportPkcs8PrivateKeyPem());
        Refused("-----BEGIN CERTIFICATE-----", mine + new TestAuthority().Issuer.Root.ExportCertificatePem());
        Refused("damaged", mine + "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n");

        void Refused(string why, string text) =>
            Assert.Contains(why, Assert.Throws<CertificateFileException>(() => PemKeys.LoadPublic(Write(text))).Message, StringComparison.Ordinal);
    }

    private string Write(string text)
    {
        var path = _folder.File("key.pem");
        File.WriteAllText(path, text);
        return path;
    }
}
