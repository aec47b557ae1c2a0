using System.Security.Cryptography;
using MailProxy.Proxy.Connect;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.Proxy.Tests.StoreLogin;

public sealed class StoreLegOptionsTests
{
    [Fact]
    public void Token_logins_need_a_private_key_and_an_issuer()
    {
        using var folder = new TempDirectory();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(folder.File("private"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(folder.File("public"), key.ExportSubjectPublicKeyInfoPem());
        Assert.Empty(Problems(folder.File("private")));
        Assert.Contains("Stores:TokenKeyFile: login is 'token'", Assert.Single(Problems(null)), StringComparison.Ordinal);
        Assert.Contains("holds no private key", Assert.Single(Problems(folder.File("public"))), StringComparison.Ordinal);
        Assert.Contains("There is no file", Assert.Single(Problems(folder.File("nothing"))), StringComparison.Ordinal);
        Assert.Contains("Stores:TokenIssuer", Assert.Single(Problems(folder.File("private"), "")), StringComparison.Ordinal);
    }

    // A key for stores whose catalog entry says token is judged though the default is another login.
    [Fact]
    public void A_key_is_judged_whatever_the_default_login_is() =>
        Assert.Single(new StoreLegOptions { Login = StoreLoginMethod.Password, TokenKeyFile = "/nowhere/key" }.Validate("Stores"));

    private static List<string> Problems(string? file, string issuer = "mailproxy") =>
        [.. new StoreLegOptions { Login = StoreLoginMethod.Token, TokenKeyFile = file, TokenIssuer = issuer }.Validate("Stores")];
}
