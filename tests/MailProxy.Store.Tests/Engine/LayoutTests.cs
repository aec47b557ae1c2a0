using MailProxy.Store.Engine;
using MailProxy.Store.Engine.Files.Disk;
using Xunit;
using static MailProxy.Store.Tests.Engine.TestStore;

namespace MailProxy.Store.Tests.Engine;

public sealed class LayoutTests
{
    [Theory]
    [InlineData(0, "00000000")]
    [InlineData(31, "0000000v")]
    [InlineData(32, "00000010")]
    [InlineData(1_023, "000000vv")]
    [InlineData(1_024, "00000100")]
    [InlineData((1L << 40) - 1, "vvvvvvvv")]
    public void A_link_is_named_by_its_number(long number, string name)
    {
        Assert.Equal(name, LinkName.Format((ulong)number));
        Assert.True(LinkName.TryParse(name, out ulong read));
        Assert.Equal((ulong)number, read);
        Assert.Equal(Path.Combine(name[..2], name[2..4], name[4..6]), LinkName.Folder((ulong)number));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0000000")]
    [InlineData("000000000")]
    [InlineData("0000000w")]
    [InlineData("0000000V")]
    [InlineData("0000000ü")]
    public void Other_names_are_no_links(string name) => Assert.False(LinkName.TryParse(name, out _));

    [Fact]
    public void There_is_no_link_beyond_the_last() => Assert.Throws<ArgumentOutOfRangeException>(() => LinkName.Format(LinkName.Limit));

    [Fact]
    public void Links_that_are_made_at_once_are_all_there_though_their_folder_is_new()
    {
        string data = Directory.CreateTempSubdirectory("mailproxy-store-").FullName;
        try
        {
            var folders = new StoreFolders(data);
            folders.Create();
            for (ulong folder = 0; folder < 100; folder++)
            {
                using var start = new Barrier(4);
                Thread[] threads = [.. Enumerable.Range(0, 4).Select(i => new Thread(() =>
                {
                    start.SignalAndWait();
                    try
                    {
                        folders.CreateLink((folder * LinkName.PerFolder) + (ulong)i).File.Dispose();
                    }
                    catch (IOException)
                    {
                        // It is missing below.
                        return;
                    }
                }))];
                Array.ForEach(threads, thread => thread.Start());
                Array.ForEach(threads, thread => thread.Join());
            }

            Assert.Equal(400, Directory.GetFiles(folders.Messages, "*", SearchOption.AllDirectories).Length);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Fact]
    public async Task A_folder_holds_1024_links_at_most()
    {
        await using TestStore store = await TestStore.OpenAsync();
        await using IMailbox inbox = await store.MailboxAsync(Alice);
        await store.AppendAsync(inbox, "again and again");
        while (inbox.Snapshot.Messages.Length < 2_500)
        {
            await inbox.CopyAsync(Uids(inbox), "INBOX", Stop);
        }

        string messages = Path.Combine(store.Data, "messages");
        Assert.Equal(4_096, store.MessageFiles().Length);
        Assert.All(
            Directory.GetDirectories(messages, "*", SearchOption.AllDirectories).Append(messages),
            folder => Assert.InRange(Directory.GetFileSystemEntries(folder).Length, 1, 1_024));
        Assert.All(store.MessageFiles(), file => Assert.Equal(
            Path.GetFileName(file)[..6], Path.GetRelativePath(messages, Path.GetDirectoryName(file)!).Replace(Path.DirectorySeparatorChar.ToString(), "", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_copy_for_a_file_with_too_many_links_is_a_file_of_its_own()
    {
        await using TestStore store = await TestStore.OpenAsync();
        await store.DeliverAsync("for a whole nation", Alice);
        var folders = new StoreFolders(store.Data);
        folders.LinkCopy(folders.LinkPath(0), 1);
        await File.AppendAllTextAsync(folders.LinkPath(0), "!", Stop);
        Assert.Equal("for a whole nation", await File.ReadAllTextAsync(folders.LinkPath(1), Stop));
    }
}
