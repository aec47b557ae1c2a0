using MailProxy.Store.Engine;
using MailProxy.Store.Engine.Files;
using MailProxy.Store.Engine.Files.Commit;
using MailProxy.Store.Engine.Files.Database;
using MailProxy.Store.Engine.Files.Disk;
using MailProxy.Store.Engine.Files.Moves;
using MailProxy.Store.Engine.Files.Recovery;
using MailProxy.Store.Engine.Files.Repeats;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using static MailProxy.Store.Tests.Engine.TestStore;

namespace MailProxy.Store.Tests.Engine;

public sealed class FaultTests
{
    [Fact]
    public async Task A_nearly_full_disk_takes_no_new_mail()
    {
        await using TestStore store = await TestStore.OpenAsync(options => options.MinFreeOctets = long.MaxValue);
        StoreFaultException fault = await Assert.ThrowsAsync<StoreFaultException>(() => store.DeliverAsync("x", Alice));
        Assert.Equal(StoreFaultKind.DiskFull, fault.Kind);
        Assert.True(fault.IsTemporary);
        await using IMailbox inbox = await store.MailboxAsync(Alice);
        Assert.Empty(inbox.Snapshot.Messages);
    }

    [Theory]
    [InlineData(28, StoreFaultKind.DiskFull)]
    [InlineData(122, StoreFaultKind.DiskFull)]
    [InlineData(5, StoreFaultKind.Failed)]
    public void An_error_of_the_disk_keeps_its_meaning(int errno, StoreFaultKind kind)
    {
        StoreFaultException fault = StoreFaultException.From(new IOException("text", errno), "testing");
        Assert.Equal(kind, fault.Kind);
        Assert.Contains("testing", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_that_cannot_be_made_fails_its_delivery_only()
    {
        await using TestStore store = await TestStore.OpenAsync();
        string obstacle = Path.Combine(store.Data, "messages", "00");
        await File.WriteAllTextAsync(obstacle, "not a folder", Stop);
        StoreFaultException fault = await Assert.ThrowsAsync<StoreFaultException>(() => store.DeliverAsync("x", Alice, Bob));
        Assert.Equal(StoreFaultKind.Failed, fault.Kind);
        Assert.Empty(store.DraftFiles());
        File.Delete(obstacle);

        await store.DeliverAsync("y", Alice, Bob);
        await using IMailbox inbox = await store.MailboxAsync(Alice);
        Assert.Equal("y", await ContentAsync(inbox, Assert.Single(Uids(inbox))));
        await store.ReopenAsync();
        Assert.Equal(2, store.MessageFiles().Length);
    }

    [Fact]
    public async Task A_change_that_fails_takes_its_links_back_and_not_those_of_others()
    {
        await using var parts = new CommitterParts();
        string source = parts.NewFile();
        var first = new TaskCompletionSource();
        Task<ulong> blocker = parts.Committer.SubmitAsync(
            group =>
            {
                first.Task.GetAwaiter().GetResult(); // until the two below wait for the same group
                return group.AddLink(source);
            },
            Stop);
        Task<ulong> good = parts.Committer.SubmitAsync(group => CommitterParts.Keep(group, source), Stop);
        Task<ulong> bad = parts.Committer.SubmitAsync<ulong>(
            group =>
            {
                group.AddLink(source);
                throw new IOException("no space", 28);
            },
            Stop);
        first.SetResult();

        await blocker;
        ulong kept = await good;
        StoreFaultException fault = await Assert.ThrowsAsync<StoreFaultException>(() => bad);
        Assert.Equal(StoreFaultKind.DiskFull, fault.Kind);
        await parts.Sweeper.DrainAsync();
        Assert.True(File.Exists(parts.Folders.LinkPath(kept)));
        Assert.False(File.Exists(parts.Folders.LinkPath(kept + 1)));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_synced_fails_the_group_and_the_next_one_works()
    {
        await using var parts = new CommitterParts();
        string source = parts.NewFile();
        Task<ulong> lost = parts.Committer.SubmitAsync(
            group =>
            {
                ulong link = CommitterParts.Keep(group, source);
                Directory.Delete(parts.Folders.FoldersOf(link)[0], recursive: true);
                return link;
            },
            Stop);
        await Assert.ThrowsAsync<StoreFaultException>(() => lost);

        ulong kept = await parts.Committer.SubmitAsync(group => CommitterParts.Keep(group, source), Stop);
        await parts.Sweeper.DrainAsync();
        Assert.True(File.Exists(parts.Folders.LinkPath(kept)));
        Assert.Equal(1, parts.Counters.Groups);
    }

    [Fact]
    public async Task After_a_failed_database_write_everything_is_refused()
    {
        await using var parts = new CommitterParts();
        string source = parts.NewFile();
        parts.Database.Dispose();
        StoreFaultException first = await Assert.ThrowsAsync<StoreFaultException>(
            () => parts.Committer.SubmitAsync(group => CommitterParts.Keep(group, source), Stop));
        StoreFaultException second = await Assert.ThrowsAsync<StoreFaultException>(
            () => parts.Committer.SubmitAsync(group => CommitterParts.Keep(group, source), Stop));
        Assert.Contains("restarted", first.Message, StringComparison.Ordinal);
        Assert.Equal(first.Message, second.Message);
        Assert.Single(Directory.GetFiles(parts.Folders.Messages, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_closed_engine_refuses()
    {
        await using TestStore store = await TestStore.OpenAsync();
        FileStoreEngine engine = store.Engine;
        await using IMessageDraft draft = await store.DraftAsync("x");
        IUserMail mail = await engine.OpenUserAsync(Alice, Stop);
        await store.CloseAsync();
        await Assert.ThrowsAsync<StoreFaultException>(() => engine.DeliverAsync(draft, [Alice], Stop).AsTask());
        await Assert.ThrowsAsync<StoreFaultException>(() => mail.CreateAsync("late", SpecialUse.None, Stop).AsTask());
        await engine.DisposeAsync();
    }

    /// <summary>A committer with its real parts and without an engine around it.</summary>
    private sealed class CommitterParts : IAsyncDisposable
    {
        private int files;

        public CommitterParts()
        {
            Folders = new StoreFolders(Directory.CreateTempSubdirectory("mailproxy-store-").FullName);
            Folders.Create();
            Database = StoreDatabase.Open(Folders.Database);
            Sweeper = new Sweeper(Database, Folders, NullLogger.Instance);
            Committer = new Committer(
                Database, Folders, new StoreSequences(Database, TimeProvider.System), Counters, Sweeper, new MoveGate(Database, TimeProvider.System),
                new TakenCopies(Database, TimeSpan.FromDays(1), TimeProvider.System), NullLogger.Instance);
        }

        public StoreFolders Folders { get; }

        public StoreDatabase Database { get; }

        public Sweeper Sweeper { get; }

        public Committer Committer { get; }

        public StoreCounters Counters { get; } = new();

        public string NewFile()
        {
            string path = Path.Combine(Folders.Drafts, $"{files++}");
            File.WriteAllText(path, "content");
            return path;
        }

        /// <summary>A link with a mailbox that has it, so that there is something to write.</summary>
        public static ulong Keep(CommitGroup group, string source)
        {
            ulong link = group.AddLink(source);
            group.NewMailbox();
            return link;
        }

        public ValueTask DisposeAsync()
        {
            Committer.Dispose();
            Sweeper.Dispose();
            Database.Dispose();
            Directory.Delete(Folders.Data, recursive: true);
            return ValueTask.CompletedTask;
        }
    }
}
