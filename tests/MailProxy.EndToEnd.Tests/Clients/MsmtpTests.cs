using System.Text;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Clients;

[Collection(nameof(DevClusterCollection))]
public sealed class MsmtpTests(DevClusterFixture cluster)
{
    [Theory]
    [InlineData(587, "on")]
    [InlineData(465, "off")]
    public async Task Msmtp_submits_with_a_verified_certificate(int port, string startTls)
    {
        ForeignProgram.Require("msmtp");
        var sender = cluster.TakeUser();
        var user = cluster.TakeUser("store-2");
        using var folder = new TempDirectory();
        var rc = folder.File("msmtprc");
        await File.WriteAllTextAsync(
            rc,
            $"""
            account default
            host localhost
            port {cluster.Port(port)}
            tls on
            tls_starttls {startTls}
            tls_trust_file {cluster.Authority}
            auth plain
            user {sender}
            password secret
            from {sender}

            """);
        File.SetUnixFileMode(rc, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var message = Messages.Make($"msmtp-{port}");
        (await ForeignProgram.RunAsync("msmtp", ["-C", rc, user], message.Replace("\r\n", "\n", StringComparison.Ordinal))).Expect(0);
        Assert.Equal(message, Messages.WithoutTrace(Assert.Single(await MailClients.ReadInboxAsync(cluster, user))));
    }
}
