using System.Net;
using MailKit.Net.Pop3;
using MailKit.Security;
using MailProxy.Store.Access;
using MailProxy.Store.Pop3;
using MailProxy.Store.Tests.Engine;
using MailProxy.Store.Tests.Serving;
using MailProxy.Transport.Portable;
using MailProxy.Transport.Serving;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MailProxy.Store.Tests.Pop3;

/// <summary>A client that no one here wrote, over sockets and STLS.</summary>
public sealed class Pop3WithMailKitTests
{
    [Fact]
    public async Task A_real_client_lists_reads_and_deletes()
    {
        await using var store = await TestStore.OpenAsync();
        for (var number = 1; number <= 20; number++)
        {
            await store.DeliverAsync($"Subject: message {number}\r\n\r\n.{number}\r\n..\r\nend\r\n", TestStore.Alice);
        }

        using var password = new TemporaryFile("master password");
        var access = new StoreAccess(new AccessOptions { MasterUser = "proxy", MasterPasswordFile = password.FullName });
        var options = new Pop3ServerOptions { HostName = "store.test", StartTls = new(Certificates.ServerSettings) };
        var pop3 = new Pop3Server(store.Engine, access, options, NullLogger.Instance, TimeProvider.System);
        await using var server = new ConnectionServer(
            new PortableTransport(), new IPEndPoint(IPAddress.Loopback, 0), pop3.ServeAsync, new ConnectionServerOptions(), NullLogger.Instance, TimeProvider.System);
        await server.BindAsync(TestStore.Stop);

        using (var client = await LogInAsync(server))
        {
            Assert.Equal(20, client.Count);
            Assert.Equal(20, (await client.GetMessageUidsAsync(TestStore.Stop)).Distinct().Count());
            Assert.Equal("message 3", (await client.GetMessageHeadersAsync(2, TestStore.Stop))["Subject"]);
            var messages = await client.GetMessagesAsync([.. Enumerable.Range(0, 20)], TestStore.Stop);
            Assert.Equal(Enumerable.Range(1, 20).Select(number => $".{number}\r\n..\r\nend\r\n"), messages.Select(message => message.TextBody!.ReplaceLineEndings("\r\n")));
            await client.DeleteMessagesAsync([.. Enumerable.Range(0, 19)], TestStore.Stop);
            await client.DisconnectAsync(quit: true, TestStore.Stop);
        }

        using var again = await LogInAsync(server);
        Assert.Equal(1, again.Count);
        await again.DisconnectAsync(quit: true, TestStore.Stop);
    }

    private static async Task<Pop3Client> LogInAsync(ConnectionServer server)
    {
        var client = new Pop3Client { ServerCertificateValidationCallback = (_, certificate, _, _) => certificate!.Subject == "CN=store" };
        await client.ConnectAsync("127.0.0.1", ((IPEndPoint)server.BoundEndPoint).Port, SecureSocketOptions.StartTls, TestStore.Stop);
        await client.AuthenticateAsync(
            new SaslMechanismPlain("proxy", "master password") { AuthorizationId = TestStore.Alice }, TestStore.Stop);
        return client;
    }
}
