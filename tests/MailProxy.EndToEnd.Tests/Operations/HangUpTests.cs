using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using MailKit.Net.Imap;
using MailKit.Security;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Operations;

public sealed class HangUpTests
{
    [Fact]
    public async Task A_hang_up_reads_certificates_again_and_no_session_ends()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGHUP.");
        using var folder = new TempDirectory();
        var portBase = PortBase.Find();
        await using var cluster = MailProxyProcess.Start("dev", "--port-base", portBase.ToString(CultureInfo.InvariantCulture), "--data", folder.File("d"));
        await cluster.SeeAsync("A mail cluster is running");
        using var before = await LogInAsync(portBase + 993);
        cluster.HangUp();
        await cluster.SeeAsync("TLS files were read again: ");

        // A file that is half written at the next one leaves what was read.
        foreach (var file in System.IO.Directory.EnumerateFiles(folder.File("d", "tls"), "*.pem"))
        {
            await File.WriteAllTextAsync(file, "-----BEGIN CERTIFICATE-----\nMIIB");
        }

        cluster.HangUp();
        await cluster.SeeAsync("TLS files were not taken, what was read before stays in use: ");
        await before.NoOpAsync();
        using var after = await LogInAsync(portBase + 993);
        await after.NoOpAsync();
    }

    [SuppressMessage("Security", "CA5359", Justification = "Whose certificate it is matters elsewhere.")]
    private static async Task<ImapClient> LogInAsync(int port)
    {
        var client = new ImapClient { CheckCertificateRevocation = false, ServerCertificateValidationCallback = (_, _, _, _) => true };
        await client.ConnectAsync("127.0.0.1", port, SecureSocketOptions.SslOnConnect);
        await client.AuthenticateAsync("alice@example.org", "secret");
        return client;
    }
}
