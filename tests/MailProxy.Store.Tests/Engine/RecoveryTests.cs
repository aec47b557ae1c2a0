using MailProxy.Store.Engine;
using MailProxy.Store.Engine.Files;
using MailProxy.Store.Engine.Files.Database;
using MailProxy.Store.Engine.Files.Disk;
using MailProxy.Store.Engine.Files.Recovery;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static MailProxy.Store.Tests.Engine.TestStore;

namespace MailProxy.Store.Tests.Engine;

public sealed class RecoveryTests
{
    [Fact]
    public async Task Leftovers_of_a_crash_are_removed_at_start()
    {
        await using TestStore store = await TestStore.OpenAsync();
        await store.DeliverAsync("acknowledged", Alice);
        await store.CloseAsync();
        var folders = new StoreFolders(store.Data);
        await File.WriteAllTextAsync(Path.Combine(folders.Drafts, "7"), "half a mess", Stop);
        foreach (ulong number in new[] { 1ul, 5ul, 1_024ul, 40_000ul, 1ul << 30 })
        {
            Directory.CreateDirectory(folders.FoldersOf(number)[0]);
            await File.WriteAllTextAsync(folders.LinkPath(number), "linked but not recorded", Stop);
        }

        await store.ReopenAsync();
        Assert.Empty(store.DraftFiles());
        Assert.Single(store.MessageFiles());
        await store.DeliverAsync("next", Alice);
        await using IMailbox inbox = await store.MailboxAsync(Alice);
        Assert.Equal("acknowledged", await ContentAsync(inbox, 1));
        Assert.Equal("next", await ContentAsync(inbox, 2));
    }

    [Fact]
    public async Task A_message_that_was_written_and_not_recorded_is_removed_at_start_though_later_ones_were_recorded()
    {
        await using TestStore store = await TestStore.OpenAsync();
        await store.DeliverAsync("first", Alice);
        IMessageDraft waiting = await store.DraftAsync("written, never recorded");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => store.Engine.DeliverAsync(waiting, [Alice], new CancellationToken(canceled: true)).AsTask());
        await store.DeliverAsync("later", Alice, Bob);
        Assert.Equal(4, store.MessageFiles().Length);

        // A process that dies disposes of nothing.
        await store.ReopenAsync();
        Assert.Equal(3, store.MessageFiles().Length);
        await using IMailbox inbox = await store.MailboxAsync(Alice);
        Assert.Equal("first", await ContentAsync(inbox, 1));
        Assert.Equal("later", await ContentAsync(inbox, 2));
        await using IMailbox bobs = await store.MailboxAsync(Bob);
        Assert.Equal("later", await ContentAsync(bobs, 1));

        // Nothing is open any more: the next start asks about nothing of this.
        await store.DeliverAsync("again", Alice);
        await store.CloseAsync();
        using StoreDatabase database = StoreDatabase.Open(new StoreFolders(store.Data).Database);
        Assert.Equal(4ul, database.GetNumber(StoreKeys.OpenLink));
        Assert.Equal(5ul, database.GetNumber(StoreKeys.NextLink));
    }

    [Fact]
    public async Task Links_whose_removal_was_cut_off_are_removed_at_start()
    {
        await using TestStore store = await TestStore.OpenAsync();
        await using (IMailbox inbox = await store.MailboxAsync(Alice))
        {
            await store.AppendAsync(inbox, "expunged");
            await store.AppendAsync(inbox, "kept");
        }

        // As it is on the disk when the process dies between the batch of an expunge and the removal of its file.
        await store.CloseAsync();
        var folders = new StoreFolders(store.Data);
        using (StoreDatabase database = StoreDatabase.Open(folders.Database))
        {
            using StoreBatch batch = database.NewBatch();
            ulong mailbox = 0;
            database.Scan(StoreTable.Mailboxes, StoreKeys.Name(Alice, "INBOX"), (_, value) =>
            {
                mailbox = StoreRecords.ReadMailbox(value).Id;
                return false;
            });
            batch.Delete(StoreTable.Messages, StoreKeys.Message(mailbox, 1));
            batch.Put(StoreTable.Garbage, StoreKeys.Garbage(new(GarbageKind.Link, 0)), []);
            batch.Put(StoreTable.Garbage, StoreKeys.Garbage(new(GarbageKind.Link, 1_000_000)), []);
            database.Write(batch, durable: true);
        }

        Assert.Equal(2, store.MessageFiles().Length);
        await store.ReopenAsync();
        await store.Engine.DrainGarbageAsync();
        Assert.Single(store.MessageFiles());
        await using IMailbox again = await store.MailboxAsync(Alice);
        Assert.Equal("kept", await ContentAsync(again, 2));

        // What is removed is forgotten.
        await store.CloseAsync();
        using StoreDatabase after = StoreDatabase.Open(folders.Database);
        Assert.False(HasAny(after, StoreTable.Garbage));
    }

    [Fact]
    public async Task A_deleted_mailbox_leaves_no_rows_behind()
    {
        await using TestStore store = await TestStore.OpenAsync();
        IUserMail mail = await store.Engine.OpenUserAsync(Alice, Stop);
        await mail.CreateAsync("big", SpecialUse.None, Stop);
        await using (IMailbox big = await store.MailboxAsync(Alice, "big"))
        {
            await store.AppendAsync(big, "x");
            for (int i = 0; i < 11; i++)
            {
                await big.CopyAsync(Uids(big), "big", Stop);
            }
        }

        Assert.Equal(2_048, store.MessageFiles().Length);
        await mail.DeleteAsync("big", Stop);
        await store.CloseAsync();
        Assert.Empty(store.MessageFiles());
        using StoreDatabase database = StoreDatabase.Open(new StoreFolders(store.Data).Database);
        Assert.False(HasAny(database, StoreTable.Messages));
        Assert.False(HasAny(database, StoreTable.Structures));
        Assert.False(HasAny(database, StoreTable.Garbage));
    }

    [Fact]
    public async Task Uidvalidity_only_grows_even_when_the_clock_goes_back()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero));
        await using TestStore store = await TestStore.OpenAsync(time: clock);
        uint last;
        await using (IMailbox inbox = await store.MailboxAsync(Alice))
        {
            Assert.True(inbox.Snapshot.UidValidity >= clock.GetUtcNow().ToUnixTimeSeconds());
            last = inbox.Snapshot.UidValidity;
        }

        await store.CloseAsync();
        await using TestStore past = await store.WithTimeAsync(new FakeTimeProvider(new DateTimeOffset(2001, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        IUserMail mail = await past.Engine.OpenUserAsync(Alice, Stop);
        await mail.CreateAsync("later", SpecialUse.None, Stop);
        await using IMailbox later = await past.MailboxAsync(Alice, "later");
        Assert.True(later.Snapshot.UidValidity > last);
    }

    [Fact]
    public async Task A_folder_in_use_is_refused_in_one_sentence()
    {
        await using TestStore store = await TestStore.OpenAsync();
        StoreUnusableException error = await Assert.ThrowsAsync<StoreUnusableException>(() => OpenAgainAsync(store.Data));
        Assert.Contains("in use by another process", error.Message, StringComparison.Ordinal);
        Assert.Contains(store.Data, error.Message, StringComparison.Ordinal);
        await store.DeliverAsync("undisturbed", Alice);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_refused_in_one_sentence()
    {
        await using TestStore store = await TestStore.OpenAsync();
        string file = Path.Combine(store.Data, "file");
        await File.WriteAllTextAsync(file, "", Stop);
        StoreUnusableException error = await Assert.ThrowsAsync<StoreUnusableException>(() => OpenAgainAsync(Path.Combine(file, "below")));
        Assert.Contains("cannot be made or written", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StoreUnusableException>(() => OpenAgainAsync(""));
    }

    [Fact]
    public async Task A_newer_layout_is_refused_and_left_alone()
    {
        await using TestStore store = await TestStore.OpenAsync();
        await store.DeliverAsync("precious", Alice);
        await store.CloseAsync();
        using (StoreDatabase database = StoreDatabase.Open(new StoreFolders(store.Data).Database))
        {
            using StoreBatch batch = database.NewBatch();
            batch.Put(StoreTable.Default, StoreKeys.Layout, BitConverter.GetBytes(StoreLayout.Version + 1));
            batch.Delete(StoreTable.Default, StoreKeys.NextLink);
            database.Write(batch, durable: true);
        }

        StoreUnusableException error = await Assert.ThrowsAsync<StoreUnusableException>(store.ReopenAsync);
        Assert.Contains($"layout {StoreLayout.Version + 1}", error.Message, StringComparison.Ordinal);
        Assert.Single(store.MessageFiles());
    }

    [Fact]
    public async Task The_layout_before_moves_is_taken_over_and_kept_from_programs_that_know_no_fences()
    {
        await using TestStore store = await TestStore.OpenAsync();
        await store.DeliverAsync("old", Alice);
        await store.CloseAsync();
        WriteLayout(store, 1);
        await store.ReopenAsync();
        await using (IMailbox inbox = await store.MailboxAsync(Alice))
        {
            Assert.Equal("old", await ContentAsync(inbox, 1));
        }

        await store.CloseAsync();
        using StoreDatabase database = StoreDatabase.Open(new StoreFolders(store.Data).Database);
        Assert.Equal(BitConverter.GetBytes(2), database.Get(StoreTable.Default, StoreKeys.Layout));
    }

    private static void WriteLayout(TestStore store, int version)
    {
        using StoreDatabase database = StoreDatabase.Open(new StoreFolders(store.Data).Database);
        using StoreBatch batch = database.NewBatch();
        batch.Put(StoreTable.Default, StoreKeys.Layout, BitConverter.GetBytes(version));
        database.Write(batch, durable: true);
    }

    [Fact]
    public async Task Mail_without_its_database_is_not_taken_for_leftovers()
    {
        await using TestStore store = await TestStore.OpenAsync();
        await store.DeliverAsync("precious", Alice);
        await store.CloseAsync();
        Directory.Delete(Path.Combine(store.Data, "db"), recursive: true);
        StoreUnusableException error = await Assert.ThrowsAsync<StoreUnusableException>(store.ReopenAsync);
        Assert.Contains("missing", error.Message, StringComparison.Ordinal);
        Assert.Single(store.MessageFiles());
    }

    [Fact]
    public void Options_tell_all_their_errors_at_once()
    {
        var options = new FileStoreOptions { SyncThreads = 0, MaxMailboxes = 2, MaxMessageOctets = 0 };
        string[] errors = [.. options.Validate("Stores:0")];
        Assert.Equal(4, errors.Length);
        Assert.All(errors, error => Assert.StartsWith("Stores:0:", error, StringComparison.Ordinal));
        Assert.Empty(new FileStoreOptions { Data = "x" }.Validate("Store"));
    }

    private static async Task OpenAgainAsync(string data)
    {
        await using FileStoreEngine engine = await FileStoreEngine.OpenAsync(
            new FileStoreOptions { Data = data }, new SizeAnalyzer(), NullLogger.Instance, TimeProvider.System, Stop);
    }

    private static bool HasAny(StoreDatabase database, StoreTable table)
    {
        bool any = false;
        database.Scan(table, [], (_, _) =>
        {
            any = true;
            return false;
        });
        return any;
    }
}
