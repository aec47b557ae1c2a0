using System.Runtime.InteropServices;
using MailProxy.Store.Engine;
using Xunit;
using static MailProxy.Store.Tests.Engine.TestStore;

namespace MailProxy.Store.Tests.Engine;

public sealed class DeliveryTests
{
    [Fact]
    public async Task A_delivered_message_is_in_the_inbox_as_it_was_sent()
    {
        await using TestStore store = await TestStore.OpenAsync();
        await store.DeliverAsync("Subject: a\r\n\r\n\0\u0080\u00ffbody\n", Alice);

        await using IMailbox inbox = await store.MailboxAsync(Alice);
        MessageEntry entry = Assert.Single(inbox.Snapshot.Messages);
        Assert.Equal(1u, entry.Uid);
        Assert.Equal(MessageFlags.None, entry.Flags);
        Assert.Equal(22, entry.Size);
        Assert.Equal(2u, inbox.Snapshot.UidNext);
        Assert.Equal("Subject: a\r\n\r\n\0\u0080\u00ffbody\n", await ContentAsync(inbox, 1));
        MessageStructure? structure = await inbox.ReadStructureAsync(1, Stop);
        Assert.Equal("Subject: a"u8.ToArray(), structure!.Envelope);
        Assert.Equal("22"u8.ToArray(), structure.Body);
    }

    [Fact]
    public async Task Everything_acknowledged_is_there_after_reopening()
    {
        await using TestStore store = await TestStore.OpenAsync();
        await store.DeliverAsync("one", Alice, Bob);
        await store.DeliverAsync("two", Alice);
        MailboxSnapshot before;
        await using (IMailbox inbox = await store.MailboxAsync(Alice))
        {
            await inbox.StoreFlagsAsync([2], FlagChange.Add, MessageFlags.Seen, ["$Work"], null, Stop);
            before = inbox.Snapshot;
        }

        await store.ReopenAsync();
        await using IMailbox again = await store.MailboxAsync(Alice);
        Assert.Equal(before.UidValidity, again.Snapshot.UidValidity);
        Assert.Equal(before.UidNext, again.Snapshot.UidNext);
        Assert.Equal(before.HighestModSeq, again.Snapshot.HighestModSeq);
        Assert.Equal([1u, 2u], Uids(again));
        Assert.Equal(MessageFlags.Seen, again.Snapshot.Messages[1].Flags);
        Assert.Equal(["$Work"], again.Snapshot.Messages[1].Keywords);
        Assert.Equal(before.Messages[1].InternalDate, again.Snapshot.Messages[1].InternalDate);
        Assert.Equal("two", await ContentAsync(again, 2));
        await using IMailbox bobs = await store.MailboxAsync(Bob);
        Assert.Equal("one", await ContentAsync(bobs, 1));
    }

    [Fact]
    public async Task Content_is_written_once_and_linked_for_each_recipient()
    {
        await using TestStore store = await TestStore.OpenAsync();
        string content = new('x', 100_000);
        await store.DeliverAsync(content, Alice, Bob, Carol, Alice);

        Assert.Equal(content.Length, store.Engine.Counters.OctetsWritten);
        Assert.Equal(1, store.Engine.Counters.FileSyncs);
        Assert.Equal(3, store.MessageFiles().Length);
        Assert.Empty(store.DraftFiles());
        Assert.All(store.MessageFiles(), file => Assert.Equal(3ul, LinkCount.Of(file)));
        await using IMailbox inbox = await store.MailboxAsync(Alice);
        Assert.Single(inbox.Snapshot.Messages);
    }

    [Fact]
    public async Task A_small_message_is_written_where_it_stays()
    {
        await using TestStore store = await TestStore.OpenAsync();
        await store.DeliverAsync("one", Alice);
        await store.DeliverAsync("two", Alice, Bob);
        Assert.Equal([1ul, 2ul, 2ul], store.MessageFiles().Order(StringComparer.Ordinal).Select(LinkCount.Of));
        Assert.Equal(6, store.Engine.Counters.OctetsWritten);
        Assert.Equal(3, store.Engine.Counters.Links);
        await store.ReopenAsync();
        await using IMailbox inbox = await store.MailboxAsync(Alice);
        Assert.Equal("one", await ContentAsync(inbox, 1));
        Assert.Equal("two", await ContentAsync(inbox, 2));
    }

    [Theory]
    [InlineData(10, 0)]
    [InlineData(16_384, 0)]
    [InlineData(16_385, 1)]
    [InlineData(100_000, 1)]
    public async Task A_draft_that_is_not_delivered_leaves_nothing(int octets, int files)
    {
        await using TestStore store = await TestStore.OpenAsync();
        await using (await store.DraftAsync(new string('x', octets)))
        {
            Assert.Equal(files, store.DraftFiles().Length);
        }

        Assert.Empty(store.DraftFiles());
        Assert.Empty(store.MessageFiles());
    }

    [Fact]
    public async Task A_delivery_with_one_impossible_recipient_reaches_nobody()
    {
        await using TestStore store = await TestStore.OpenAsync();
        await using IMessageDraft draft = await store.DraftAsync("x");
        await Assert.ThrowsAsync<StoreFaultException>(() => store.Engine.DeliverAsync(draft, [Alice, "evil\0name"], Stop).AsTask());

        await using IMailbox inbox = await store.MailboxAsync(Alice);
        Assert.Empty(inbox.Snapshot.Messages);
        Assert.Empty(store.MessageFiles());
    }

    [Fact]
    public async Task A_cancelled_delivery_has_not_happened()
    {
        await using TestStore store = await TestStore.OpenAsync();
        await using IMessageDraft draft = await store.DraftAsync("x");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => store.Engine.DeliverAsync(draft, [Alice], new CancellationToken(canceled: true)).AsTask());

        // Its file lies among the messages already, and goes with the draft.
        Assert.Single(store.MessageFiles());
        await draft.DisposeAsync();
        Assert.Empty(store.MessageFiles());
        await using IMailbox inbox = await store.MailboxAsync(Alice);
        Assert.Empty(inbox.Snapshot.Messages);
    }

    [Fact]
    public async Task A_message_over_the_limit_is_refused_and_the_engine_goes_on()
    {
        await using TestStore store = await TestStore.OpenAsync(options => options.MaxMessageOctets = 10);
        await store.DeliverAsync("1234567890", Alice);
        StoreFaultException fault = await Assert.ThrowsAsync<StoreFaultException>(() => store.DeliverAsync("12345678901", Alice));
        Assert.Equal(StoreFaultKind.Limit, fault.Kind);
        Assert.Empty(store.DraftFiles());
        await store.DeliverAsync("123", Alice);
        await using IMailbox inbox = await store.MailboxAsync(Alice);
        Assert.Equal([1u, 2u], Uids(inbox));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16 * 1024 - 1)]
    [InlineData(16 * 1024)]
    [InlineData(16 * 1024 + 1)]
    [InlineData(100_000)]
    public async Task Content_is_the_same_however_it_is_written(int piece)
    {
        await using TestStore store = await TestStore.OpenAsync();
        byte[] content = new byte[piece == 1 ? 300 : 100_001];
        new Random(piece).NextBytes(content);
        await using (IMessageDraft draft = await store.Engine.BeginMessageAsync(Stop))
        {
            for (int at = 0; at < content.Length; at += piece)
            {
                await draft.WriteAsync(content.AsMemory(at, Math.Min(piece, content.Length - at)), Stop);
            }

            Assert.Equal(content.Length, draft.Size);
            await draft.CompleteAsync(Stop);
            await store.Engine.DeliverAsync(draft, [Alice], Stop);
        }

        Assert.Equal(content, await File.ReadAllBytesAsync(Assert.Single(store.MessageFiles()), Stop));
    }

    [Fact]
    public async Task Parallel_deliveries_share_synced_writes()
    {
        await using TestStore store = await TestStore.OpenAsync();
        const int Count = 400;
        await Task.WhenAll(Enumerable.Range(0, Count).Select(i => store.DeliverAsync($"message {i}", $"user{i % 10}@example.org")));

        Assert.Equal(Count, store.Engine.Counters.Changes);
        Assert.InRange(store.Engine.Counters.Groups, 1, Count / 2);
        Assert.InRange(store.Engine.Counters.FolderSyncs, 1, Count / 2);
        HashSet<string?> seen = [];
        for (int user = 0; user < 10; user++)
        {
            await using IMailbox inbox = await store.MailboxAsync($"user{user}@example.org");
            Assert.Equal(Enumerable.Range(1, Count / 10).Select(uid => (uint)uid), Uids(inbox));
            foreach (uint uid in Uids(inbox))
            {
                Assert.True(seen.Add(await ContentAsync(inbox, uid)));
            }
        }

        Assert.Equal(Count, seen.Count);
    }

    [Fact]
    public async Task New_mail_is_told_to_every_session_after_it_is_there()
    {
        await using TestStore store = await TestStore.OpenAsync();
        await using IMailbox first = await store.MailboxAsync(Alice);
        await using IMailbox second = await store.MailboxAsync(Alice);
        Task<int> firstSaw = SeesAsync(first);
        Task<int> secondSaw = SeesAsync(second);
        MailboxSnapshot before = first.Snapshot;
        await store.DeliverAsync("new", Alice);

        Assert.Equal(1, await firstSaw);
        Assert.Equal(1, await secondSaw);
        Assert.Empty(before.Messages);

        static Task<int> SeesAsync(IMailbox mailbox)
        {
            var seen = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
            mailbox.Changed += () =>
            {
                // The making of the mailbox may be told late.
                if (mailbox.Snapshot.Messages.Length > 0)
                {
                    seen.TrySetResult(mailbox.Snapshot.Messages.Length);
                }
            };
            return seen.Task;
        }
    }

    private static class LinkCount
    {
        public static ulong Of(string path)
        {
            // struct stat of Linux on x64 and arm64 begins with st_dev (8), st_ino (8); st_nlink is 8 octets at 16 on x64, 4 octets at 20 on arm64.
            byte[] stat = new byte[256];
            Assert.Equal(0, LStat(System.Text.Encoding.UTF8.GetBytes(path + '\0'), stat));
            return RuntimeInformation.ProcessArchitecture == Architecture.X64 ? BitConverter.ToUInt64(stat, 16) : BitConverter.ToUInt32(stat, 20);
        }

        [DllImport("libc", EntryPoint = "lstat")]
        private static extern int LStat(byte[] path, byte[] stat);
    }
}
