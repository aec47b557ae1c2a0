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
        var maildir = folder.File("mail");
        var messages = FillMaildir(maildir);
        var rc = await WriteConfigurationAsync(folder, user, maildir);
        await SyncAsync(rc);

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
        WriteMessage(Path.Combine(maildir, "INBOX"), "added", added, "S");
        await client.DisconnectAsync(quit: true);
        await SyncAsync(rc);
        Assert.Single(System.IO.Directory.GetFiles(Path.Combine(maildir, "INBOX", "cur")), file => FlagsOf(file).Contains('F', StringComparison.Ordinal));
        Assert.Equal(Count, Folders.Append("INBOX").Sum(name => CountLocal(maildir, name)));
        using var again = await MailClients.ImapAsync(cluster, user);
        Assert.Contains(added, await ReadAllAsync(again));

        // And then there is nothing left to do.
        var third = await SyncAsync(rc);
        Assert.DoesNotContain("Error", third.All, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(Count, (await ReadAllAsync(again)).Count);
        await again.DisconnectAsync(quit: true);
    }

    private static List<string> FillMaildir(string maildir)
    {
        var messages = new List<string>();
        string[] all = ["INBOX", .. Folders];
        for (var i = 0; i < Count; i++)
        {
            var message = Messages.Make($"mbsync-{i}", lines: i % 40);
            messages.Add(message);
            WriteMessage(Path.Combine(maildir, all[i % all.Length]), $"m{i}", message, i / all.Length % 2 == 0 ? "S" : "");
        }

        return messages;
    }

    private static void WriteMessage(string box, string name, string message, string flags)
    {
        foreach (var part in new[] { "cur", "new", "tmp" })
        {
            System.IO.Directory.CreateDirectory(Path.Combine(box, part));
        }

        File.WriteAllText(Path.Combine(box, "cur", $"{name}.test:2,{flags}"), message.Replace("\r\n", "\n", StringComparison.Ordinal), Encoding.Latin1);
    }

    private async Task<string> WriteConfigurationAsync(TempDirectory folder, string user, string maildir)
    {
        var rc = folder.File("mbsyncrc");
        await File.WriteAllTextAsync(
            rc,
            $"""
            IMAPAccount proxy
            Host localhost
            Port {cluster.Port(993)}
            User {user}
            Pass secret
            SSLType IMAPS
            CertificateFile {cluster.Authority}

            IMAPStore far
            Account proxy

            MaildirStore near
            SubFolders Verbatim
            Path {maildir}/
            Inbox {maildir}/INBOX

            Channel all
            Far :far:
            Near :near:
            Patterns *
            Create Both
            Expunge Both
            SyncState *

            """);
        return rc;
    }

    private static async Task<ProgramResult> SyncAsync(string rc) =>
        (await ForeignProgram.RunAsync("mbsync", ["-c", rc, "-a"], environment: new Dictionary<string, string> { ["HOME"] = Path.GetDirectoryName(rc)! })).Expect(0);

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
                messages.Add(WithoutSyncMark(Encoding.Latin1.GetString(copy.ToArray())));
            }

            await folder.CloseAsync();
        }

        return messages;
    }

    // mbsync marks what it uploads with a header of its own where the server has no UIDPLUS; nothing else may differ.
    private static string WithoutSyncMark(string message) =>
        string.Join("\r\n", message.Split("\r\n").Where(line => !line.StartsWith("X-TUID: ", StringComparison.Ordinal)));

    private static int CountLocal(string maildir, string name) =>
        new[] { "cur", "new" }.Sum(part => System.IO.Directory.GetFiles(Path.Combine(maildir, name, part)).Length);

    private static string FlagsOf(string file) => file[(file.LastIndexOf(',') + 1)..];
}
