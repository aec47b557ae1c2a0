using System.Text;
using MailKit;
using MailKit.Search;
using MailProxy.EndToEnd.Tests.Rig;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Clients;

[Collection(nameof(DevClusterCollection))]
public sealed class MailKitTests(DevClusterFixture cluster)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Append_search_copy_move_and_flags_through_the_proxy()
    {
        var user = cluster.TakeUser("store-2");
        using var client = await MailClients.ImapAsync(cluster, user);
        var inbox = client.Inbox!;
        var text = Messages.Make("mailkit");
        await inbox.OpenAsync(FolderAccess.ReadWrite);
        var uid = await inbox.AppendAsync(await MimeKit.MimeMessage.LoadAsync(new MemoryStream(Encoding.Latin1.GetBytes(text))), MessageFlags.Seen);
        Assert.NotNull(uid);
        Assert.Equal([uid.Value], await inbox.SearchAsync(SearchQuery.SubjectContains("mailkit").And(SearchQuery.Seen)));
        var archive = await client.GetFolderAsync("Archive");
        Assert.NotNull(await inbox.CopyToAsync(uid.Value, archive));
        Assert.NotNull(await inbox.MoveToAsync(uid.Value, await client.GetFolderAsync("Sent")));
        Assert.Equal(0, inbox.Count);
        await archive.OpenAsync(FolderAccess.ReadWrite);
        var summary = Assert.Single(await archive.FetchAsync(0, -1, MessageSummaryItems.Full | MessageSummaryItems.UniqueId | MessageSummaryItems.BodyStructure));
        Assert.Equal("message mailkit", summary.Envelope!.Subject);
        Assert.True(summary.Flags!.Value.HasFlag(MessageFlags.Seen));
        Assert.Equal("8BIT", summary.TextBody!.ContentTransferEncoding, ignoreCase: true);
        await client.DisconnectAsync(quit: true);
    }

    [Fact]
    public async Task New_mail_is_told_to_a_client_in_idle()
    {
        var user = cluster.TakeUser();
        using var client = await MailClients.ImapAsync(cluster, user);
        var inbox = client.Inbox!;
        await inbox.OpenAsync(FolderAccess.ReadOnly);
        using var done = new CancellationTokenSource(Patience);
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        inbox.CountChanged += (_, _) =>
        {
            told.TrySetResult();
            done.Cancel();
        };
        var idle = client.IdleAsync(done.Token);
        await MailSender.SendAsync(cluster.Port(25), "me@example.net", [user], Messages.Make("idle"));
        await idle;
        Assert.True(told.Task.IsCompletedSuccessfully);
        Assert.Equal(1, inbox.Count);
        await client.DisconnectAsync(quit: true);
    }

    [Fact]
    public async Task Pop3_reads_what_imap_sees_and_deletes_at_quit()
    {
        var user = cluster.TakeUser();
        for (var number = 0; number < 3; number++)
        {
            await MailSender.SendAsync(cluster.Port(25), "me@example.net", [user], Messages.Make($"pop3-{number}"));
        }

        var before = await MailClients.ReadInboxAsync(cluster, user);
        using (var client = await MailClients.Pop3Async(cluster, user))
        {
            Assert.Equal(3, client.Count);
            Assert.Equal(3, (await client.GetMessageUidsAsync()).Distinct().Count());
            using var stream = await client.GetStreamAsync(1);
            using var copy = new MemoryStream();
            await stream.CopyToAsync(copy);
            Assert.Equal(Encoding.Latin1.GetString(before[1]), Encoding.Latin1.GetString(copy.ToArray()));
            await client.DeleteMessageAsync(0);
            await client.DisconnectAsync(quit: true);
        }

        Assert.Equal(before.Skip(1), await MailClients.ReadInboxAsync(cluster, user));
    }

    [Fact]
    public async Task Mail_by_lmtp_and_submission_survives_octet_for_octet_in_bulk()
    {
        var user = cluster.TakeUser();
        var big = Messages.Make("big", lines: 60_000);
        await MailSender.SendAsync(cluster.Port(25), "me@example.net", [user], big);
        Assert.Equal(big, Messages.WithoutTrace(Assert.Single(await MailClients.ReadInboxAsync(cluster, user))));
    }
}
