using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
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

    [Fact]
    public async Task A_store_that_is_hung_up_reads_its_configuration_takes_what_it_can_and_names_what_it_cannot()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGHUP.");
        using var folder = new TempDirectory();
        await File.WriteAllTextAsync(folder.File("master"), "master-secret\n");
        await using var store = MailProxyProcess.Start("store", "--config", await WriteAsync("information", "store-1.test"));
        await store.SeeAsync("Store store-1 serves");

        await WriteAsync("debug", "other.test");
        store.HangUp();
        await store.SeeAsync("was read again: Log:Level changed");
        await store.SeeAsync("in force after a restart only: Node:HostName");

        // A bad one changes nothing, and every mistake of it is told.
        await File.WriteAllTextAsync(folder.File("store.json"), "{ \"Listeners\": [], \"Nonsense\": 1 }");
        store.HangUp();
        var line = await store.SeeAsync("was refused, what was read before stays in force");
        Assert.Contains("Nonsense: there is no such setting", line, StringComparison.Ordinal);
        Assert.Contains("Listeners: name at least one listener", line, StringComparison.Ordinal);

        async Task<string> WriteAsync(string level, string host)
        {
            var file = folder.File("store.json");
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new
            {
                Node = new { Name = "store-1", HostName = host },
                Store = new { Data = folder.File("store-1") },
                Listeners = new[] { new { Protocol = "imap", Address = "127.0.0.1", Port = 0, Tls = "none" } },
                Access = new { MasterUser = "proxy", MasterPasswordFile = folder.File("master"), AllowClearText = true },
                Consul = new { Address = "http://127.0.0.1:1" },
                Log = new { Level = level },
            }));
            return file;
        }
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
