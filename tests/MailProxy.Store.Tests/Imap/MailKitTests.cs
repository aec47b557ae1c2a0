using System.Net;
using System.Text;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Search;
using MailKit.Security;
using MimeKit;
using Xunit;

namespace MailProxy.Store.Tests.Imap;

/// <summary>A client that nobody here wrote, over loopback sockets.</summary>
public sealed class MailKitTests
{
    [Fact]
    public async Task MailKit_reads_writes_searches_and_moves()
    {
        await using var server = await ImapTestServer.StartAsync(onSockets: true);
        using var client = await ConnectAsync(server);
        Assert.True(client.Capabilities.HasFlag(ImapCapabilities.CondStore | ImapCapabilities.Move | ImapCapabilities.UidPlus | ImapCapabilities.Idle));
        var drafts = client.GetFolder(SpecialFolder.Drafts);
        Assert.Equal("Drafts", drafts!.FullName);
        var message = Message("café", "Grüße");
        var uid = await client.Inbox.AppendAsync(message, MessageFlags.Flagged);
        Assert.NotNull(uid);

        await client.Inbox.OpenAsync(FolderAccess.ReadWrite);
        var summary = Assert.Single(await client.Inbox.FetchAsync(0, -1, MessageSummaryItems.Full | MessageSummaryItems.UniqueId | MessageSummaryItems.BodyStructure | MessageSummaryItems.ModSeq));
        Assert.Equal("café", summary.Envelope!.Subject);
        Assert.Equal("Jörg", summary.Envelope.From[0].Name);
        Assert.Equal(MessageFlags.Flagged, summary.Flags!.Value & MessageFlags.Flagged);
        Assert.Equal("bild.png", Assert.Single(summary.Attachments).FileName);
        var text = (TextPart)await client.Inbox.GetBodyPartAsync(summary.UniqueId, summary.TextBody!);
        Assert.Equal("Grüße", text.Text.Trim());
        Assert.Equal(uid, Assert.Single(await client.Inbox.SearchAsync(SearchQuery.SubjectContains("café").And(SearchQuery.BodyContains("grüße")))));

        var made = await client.GetFolder(client.PersonalNamespaces[0]).CreateAsync("Größe", true);
        var moved = await client.Inbox.MoveToAsync(uid.Value, made!);
        Assert.NotNull(moved);
        Assert.Empty(client.Inbox);
        await made!.OpenAsync(FolderAccess.ReadWrite);
        Assert.Equal(1, made.Count);
        await made.AddFlagsAsync(moved.Value, MessageFlags.Deleted, silent: true);
        await made.ExpungeAsync();
        Assert.Empty(made);
        await client.DisconnectAsync(true);
    }

    [Fact]
    public async Task Octets_come_back_identical()
    {
        await using var server = await ImapTestServer.StartAsync(onSockets: true);
        using var client = await ConnectAsync(server);
        await client.Inbox.OpenAsync(FolderAccess.ReadWrite);
        var random = new Random(1);
        foreach (var size in new[] { 100, 8_191, 65_537, 3_000_000 })
        {
            var body = new byte[size];
            random.NextBytes(body);
            var message = Message("big", "text");
            ((Multipart)message.Body!).Add(new MimePart("application", "octet-stream") { Content = new MimeContent(new MemoryStream(body)), ContentTransferEncoding = ContentEncoding.Base64 });
            var sent = new MemoryStream();
            var format = FormatOptions.Default.Clone();
            format.NewLineFormat = NewLineFormat.Dos;
            await message.WriteToAsync(format, sent);
            var uid = await client.Inbox.AppendAsync(format, message);
            var received = new MemoryStream();
            await (await client.Inbox.GetStreamAsync(uid!.Value, "")).CopyToAsync(received);
            Assert.Equal(sent.ToArray(), received.ToArray());
        }
    }

    [Fact]
    public async Task Idle_hears_new_mail()
    {
        await using var server = await ImapTestServer.StartAsync(onSockets: true);
        using var client = await ConnectAsync(server);
        await client.Inbox.OpenAsync(FolderAccess.ReadOnly);
        using var done = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        client.Inbox.CountChanged += (_, _) => done.Cancel();
        var idle = client.IdleAsync(done.Token);
        await using (var draft = await server.Engine.BeginMessageAsync(CancellationToken.None))
        {
            await draft.WriteAsync(Encoding.ASCII.GetBytes("Subject: new\r\n\r\nhi\r\n"), CancellationToken.None);
            await draft.CompleteAsync(CancellationToken.None);
            await server.Engine.DeliverAsync(draft, ["alice@example.org"], CancellationToken.None);
        }

        await idle;
        Assert.Equal(1, client.Inbox.Count);
    }

    private static async Task<ImapClient> ConnectAsync(ImapTestServer server)
    {
        var client = new ImapClient();
        await client.ConnectAsync(IPAddress.Loopback.ToString(), ((IPEndPoint)server.EndPoint).Port, SecureSocketOptions.None);
        await client.AuthenticateAsync(new SaslMechanismPlain(Encoding.UTF8, ImapTestServer.Master, ImapTestServer.Password) { AuthorizationId = "alice@example.org" });
        return client;
    }

    private static MimeMessage Message(string subject, string text)
    {
        var message = new MimeMessage();
        message.From.Add(new MailboxAddress("Jörg", "joerg@example.org"));
        message.To.Add(new MailboxAddress("", "alice@example.org"));
        message.Subject = subject;
        var builder = new BodyBuilder { TextBody = text };
        builder.Attachments.Add("bild.png", [1, 2, 3], new ContentType("image", "png"));
        message.Body = builder.ToMessageBody();
        return message;
    }
}
