using System.Security.Cryptography;
using MailProxy.Store.Access;
using MailProxy.Store.Tests.Serving;
using Xunit;

namespace MailProxy.Store.Tests.Access;

public sealed class AccessOptionsTests
{
    [Fact]
    public void Nobody_at_all_is_an_error() =>
        Assert.Contains("Access:TrustedClients", Assert.Single(new AccessOptions().Validate("Access")), StringComparison.Ordinal);

    [Fact]
    public void Trusted_clients_are_enough() => Assert.Empty(new AccessOptions { TrustedClients = { "proxy" } }.Validate("Access"));

    [Fact]
    public void A_master_account_needs_a_file_with_a_password()
    {
        using var good = new TemporaryFile("secret");
        using var empty = new TemporaryFile("\n");
        Assert.Empty(new AccessOptions { MasterUser = "m", MasterPasswordFile = good.FullName }.Validate("Access"));
        Assert.Contains("is empty", Assert.Single(new AccessOptions { MasterUser = "m", MasterPasswordFile = empty.FullName }.Validate("Access")), StringComparison.Ordinal);
        Assert.Single(new AccessOptions { MasterUser = "m", MasterPasswordFile = good.FullName + ".missing" }.Validate("Access"));
        Assert.Single(new AccessOptions { MasterUser = "m" }.Validate("Access"));
    }

    [Fact]
    public void Keys_of_tokens_are_enough_and_must_be_public_ones_on_the_right_curve()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Assert.Empty(Problems(key.ExportSubjectPublicKeyInfoPem()));
        Assert.Contains("holds a private key", Assert.Single(Problems(key.ExportPkcs8PrivateKeyPem())), StringComparison.Ordinal);
        Assert.Contains("another curve than P-256", Assert.Single(Problems(other.ExportSubjectPublicKeyInfoPem())), StringComparison.Ordinal);
        Assert.Contains("holds no public key", Assert.Single(Problems("")), StringComparison.Ordinal);
        Assert.Contains("There is no file", Assert.Single(new AccessOptions { TokenKeysFile = "/nowhere/keys" }.Validate("Access")), StringComparison.Ordinal);
        Assert.Contains("Access:TokenIssuer", Assert.Single(new AccessOptions { TrustedClients = { "p" }, TokenIssuer = "" }.Validate("Access")), StringComparison.Ordinal);

        static List<string> Problems(string text)
        {
            using var file = new TemporaryFile(text);
            return [.. new AccessOptions { TokenKeysFile = file.FullName }.Validate("Access")];
        }
    }

    [Fact]
    public void Every_error_is_listed_at_once() =>
        Assert.Equal(2, new AccessOptions { TrustedClients = { " " }, MasterPasswordFile = "x" }.Validate("Access").Count());
}
