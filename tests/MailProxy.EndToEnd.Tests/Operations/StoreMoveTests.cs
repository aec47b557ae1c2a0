using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Security;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Store.Moves;
using MailProxy.Store.Moves.Api;
using MailProxy.Testing;
using MimeKit;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Operations;

/// <summary>A user moves from one store process to another, by mutual TLS as an operator would configure it, and a real client finds the same mailbox.</summary>
public sealed class StoreMoveTests : IDisposable
{
    private const string User = "alice@example.org";
    private const string Move = "m-1";

    private readonly TempDirectory _folder = new();
    private readonly TestAuthority _authority = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_user_moves_between_two_stores_and_the_client_sees_the_same_uids()
    {
        await WriteCertificatesAsync();
        await using var first = MailProxyProcess.Start("store", "--config", await StoreFileAsync("store-1"));
        await using var second = MailProxyProcess.Start("store", "--config", await StoreFileAsync("store-2"));
        var (from, to) = (await first.SeeAsync("Store store-1 serves"), await second.SeeAsync("Store store-2 serves"));
        UniqueId uid;
        uint validity;
        using (var imap = await LogInAsync(Number(from, "Imaps ")))
        {
            await imap.Inbox!.OpenAsync(FolderAccess.ReadWrite);
            await imap.Inbox.AppendAsync(Message("gone"), MessageFlags.Deleted);
            await imap.Inbox.ExpungeAsync();
            uid = (await imap.Inbox.AppendAsync(Message("stays"), MessageFlags.Flagged))!.Value;
            validity = imap.Inbox.UidValidity;
        }

        using var sourceHttp = Client(Number(from, "Http "));
        using var targetHttp = Client(Number(to, "Http "));
        var (source, target) = (new StoreMoveClient(sourceHttp), new StoreMoveClient(targetHttp));
        var hold = (await source.HoldAsync(User, new HoldRequest(Move, 60), CancellationToken.None)).Hold!;
        await target.PullAsync(User, new PullRequest(Move, sourceHttp.BaseAddress!.AbsoluteUri), CancellationToken.None);
        var pulled = await target.GetPullAsync(User, Move, 30, CancellationToken.None);
        Assert.Equal((PullPhase.Done, null, hold, 1L), (pulled.Phase, pulled.Error, pulled.Hold, pulled.Messages));
        var there = new FenceTarget("store-2", "localhost", Number(to, "Imaps "), null, null);
        await source.FenceAsync(User, new FenceRequest(Move, hold, there), CancellationToken.None);
        await target.ActivateAsync(User, new ActivateRequest(Move, hold), CancellationToken.None);

        await Assert.ThrowsAsync<AuthenticationException>(() => LogInAsync(Number(from, "Imaps ")));
        using (var imap = await LogInAsync(there.ImapPort!.Value))
        {
            await imap.Inbox!.OpenAsync(FolderAccess.ReadOnly);
            Assert.Equal((validity, 1), (imap.Inbox.UidValidity, imap.Inbox.Count));
            var summary = Assert.Single(await imap.Inbox.FetchAsync([uid], MessageSummaryItems.Envelope | MessageSummaryItems.Flags | MessageSummaryItems.UniqueId));
            Assert.Equal(("stays", MessageFlags.Flagged), (summary.Envelope!.Subject, summary.Flags!.Value & MessageFlags.Flagged));
        }

        await first.SeeAsync("fenced");
        await second.SeeAsync($"Login of {User} by imap");
    }

    private static MimeMessage Message(string subject) => new() { Subject = subject, Body = new TextPart { Text = "text" } };

    // "Store store-1 serves Imaps 1234, Http 1235".
    private static int Number(string line, string before)
    {
        var from = line.IndexOf(before, StringComparison.Ordinal) + before.Length;
        return int.Parse(string.Concat(line.Skip(from).TakeWhile(char.IsAsciiDigit)), CultureInfo.InvariantCulture);
    }

    private HttpClient Client(int port)
    {
        var client = PullClients.Create(_authority.Client("proxy-1"), _authority.Authorities, 2);
        client.BaseAddress = new Uri($"https://localhost:{port}/");
        return client;
    }

    private async Task<ImapClient> LogInAsync(int port)
    {
        var imap = new ImapClient { ServerCertificateValidationCallback = (_, _, _, _) => true };
        imap.ClientCertificates = [_authority.Client("proxy-1")];
        await imap.ConnectAsync("localhost", port, SecureSocketOptions.SslOnConnect);
        await imap.AuthenticateAsync(new SaslMechanismExternal(new NetworkCredential(User, "")));
        return imap;
    }

    private async Task WriteCertificatesAsync()
    {
        await File.WriteAllTextAsync(_folder.File("ca.pem"), _authority.Issuer.Root.ExportCertificatePem());
        using var server = _authority.Server();
        await WriteAsync("server", server);
        foreach (var name in new[] { "store-1", "store-2" })
        {
            using var client = _authority.Client(name);
            await WriteAsync(name, client);
        }
    }

    private async Task WriteAsync(string name, X509Certificate2 certificate)
    {
        await File.WriteAllTextAsync(_folder.File(name + ".crt"), certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(_folder.File(name + ".key"), certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
    }

    private async Task<string> StoreFileAsync(string name)
    {
        var file = _folder.File(name + ".json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new
        {
            Node = new { Name = name, HostName = "localhost" },
            Store = new { Data = _folder.File(name) },
            Listeners = new[] { "imap", "http" }.Select(protocol => new { Protocol = protocol, Address = "127.0.0.1", Port = 0, Tls = "implicit" }),
            Tls = new { Certificate = "server.crt", Key = "server.key", ClientAuthorities = "ca.pem", RequireClientCertificate = true },
            Access = new { TrustedClients = new[] { "proxy-1" }, TrustedStores = new[] { "store-1", "store-2" } },
            Moves = new { Authorities = "ca.pem", ClientCertificate = name + ".crt", ClientKey = name + ".key" },

            // Nobody answers there, and nobody has to.
            Consul = new { Address = "127.0.0.1:1" },
        }));
        return file;
    }
}
