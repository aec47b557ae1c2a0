using System.Text;
using MailKit;
using MailKit.Search;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Clients;

[Collection(nameof(DevClusterCollection))]
public sealed class MbsyncTests(DevClusterFixture cluster)
{
    private const int Count = 500;
    private static readonly string[] Folders = ["Archive", "Projects/Alpha", "Sent"];

    [Fact]
    public async Task Two_way_sync_of_500_messages_with_folders_and_flags()
    {
        ForeignProgram.Require("mbsync");
        var user = cluster.TakeUser();
        using var folder = new TempDirectory();
        var mbsync = new Mbsync(folder);
        var messages = FillMaildir(mbsync);
        await mbsync.ConfigureAsync(cluster, user);
        await mbsync.SyncAsync();

        // What was local is on the store, octet for octet, with its flags.
        using var client = await MailClients.ImapAsync(cluster, user);
        var remote = await ReadAllAsync(client);
        Assert.Equal(messages.Order(StringComparer.Ordinal), remote.Order(StringComparer.Ordinal));
        var inbox = client.Inbox!;
        await inbox.OpenAsync(FolderAccess.ReadWrite);

        // Every second one of its messages was made as seen, the first among them.
        Assert.Equal((inbox.Count + 1) / 2, (await inbox.SearchAsync(SearchQuery.Seen)).Count);

        // Changes on both sides meet.
        var first = (await inbox.SearchAsync(SearchQuery.All))[0];
        await inbox.AddFlagsAsync([first], MessageFlags.Flagged | MessageFlags.Answered, silent: true);
        var last = (await inbox.SearchAsync(SearchQuery.All))[^1];
        await inbox.AddFlagsAsync([last], MessageFlags.Deleted, silent: true);
        await inbox.ExpungeAsync();
        var added = Messages.Make("mbsync-added");
        mbsync.Write("INBOX", "added", added, "S");
        await client.DisconnectAsync(quit: true);
        await mbsync.SyncAsync();
        Assert.Single(mbsync.Files("INBOX"), file => Mbsync.FlagsOf(file).Contains('F', StringComparison.Ordinal));
        Assert.Equal(Count, Folders.Append("INBOX").Sum(name => mbsync.Files(name).Count));
        using var again = await MailClients.ImapAsync(cluster, user);
        Assert.Contains(added, await ReadAllAsync(again));

        // And then there is nothing left to do.
        var third = await mbsync.SyncAsync();
        Assert.DoesNotContain("Error", third.All, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(Count, (await ReadAllAsync(again)).Count);
        await again.DisconnectAsync(quit: true);
    }

    private static List<string> FillMaildir(Mbsync mbsync)
    {
        var messages = new List<string>();
        string[] all = ["INBOX", .. Folders];
        for (var i = 0; i < Count; i++)
        {
            var message = Messages.Make($"mbsync-{i}", lines: i % 40);
            messages.Add(message);
            mbsync.Write(all[i % all.Length], $"m{i}", message, i / all.Length % 2 == 0 ? "S" : "");
        }

        return messages;
    }

    private static async Task<List<string>> ReadAllAsync(MailKit.Net.Imap.ImapClient client)
    {
        var messages = new List<string>();
        foreach (var name in Folders.Append("INBOX"))
        {
            var folder = await client.GetFolderAsync(name);
            await folder.OpenAsync(FolderAccess.ReadOnly);
            foreach (var uid in await folder.SearchAsync(SearchQuery.All))
            {
                using var stream = await folder.GetStreamAsync(uid);
                using var copy = new MemoryStream();
                await stream.CopyToAsync(copy);
                messages.Add(Mbsync.WithoutMark(Encoding.Latin1.GetString(copy.ToArray())));
            }

            await folder.CloseAsync();
        }

        return messages;
    }
}
