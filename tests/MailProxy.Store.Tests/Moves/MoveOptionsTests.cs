using System.Security.Cryptography.X509Certificates;
using MailProxy.Store.Moves;
using MailProxy.Store.Tests.Serving;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.Store.Tests.Moves;

public sealed class MoveOptionsTests
{
    [Fact]
    public async Task Good_options_pass_and_bad_ones_are_all_named()
    {
        using var folder = new TempDirectory();
        await File.WriteAllTextAsync(folder.File("ca.pem"), Certificates.Authorities[0].ExportCertificatePem(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.File("one.crt"), Certificates.StoreClient.ExportCertificatePem(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.File("one.key"), Certificates.StoreClient.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem(), TestContext.Current.CancellationToken);
        Assert.Empty(new MoveOptions().Validate("Moves"));
        var options = new MoveOptions { Authorities = folder.File("ca.pem"), ClientCertificate = folder.File("one.crt"), ClientKey = folder.File("one.key") };
        Assert.Empty(options.Validate("Moves"));

        await File.WriteAllTextAsync(folder.File("one.key"), Certificates.Proxy.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem(), TestContext.Current.CancellationToken);
        (options.Authorities, options.PullConnections, options.MaxPulls) = (folder.File("one.key"), 0, 65);
        Assert.Equal(
            ["Moves:Authorities", "Moves:ClientCertificate", "Moves:PullConnections", "Moves:MaxPulls"],
            options.Validate("Moves").Select(error => error.Split(' ')[0].TrimEnd(':')));
        Assert.Equal("Moves:ClientKey", Assert.Single(new MoveOptions { ClientKey = "only.key" }.Validate("Moves")).Split(": ")[0]);
    }
}
