using MailProxy.Store.Engine;
using Xunit;
using static MailProxy.Store.Tests.Engine.TestStore;

namespace MailProxy.Store.Tests.Engine;

public sealed class MailboxTests
{
    [Fact]
    public async Task An_appended_message_keeps_its_flags_and_date()
    {
        await using TestStore store = await TestStore.OpenAsync();
        await using IMailbox sent = await store.MailboxAsync(Alice, "Sent");
        uint uid = await store.AppendAsync(sent, "text", MessageFlags.Seen | MessageFlags.Draft, "$Forwarded", "$forwarded", "work");

        MessageEntry entry = Assert.Single(sent.Snapshot.Messages);
        Assert.Equal(uid, entry.Uid);
        Assert.Equal(MessageFlags.Seen | MessageFlags.Draft, entry.Flags);
        Assert.Equal(["$Forwarded", "work"], entry.Keywords);
        Assert.Equal(new DateTimeOffset(2026, 2, 3, 4, 5, 6, TimeSpan.FromHours(-7)), entry.InternalDate);
        Assert.Equal(TimeSpan.FromHours(-7), entry.InternalDate.Offset);
        await store.ReopenAsync();
        await using IMailbox again = await store.MailboxAsync(Alice, "Sent");
        MessageEntry kept = Assert.Single(again.Snapshot.Messages);
        Assert.Equal(entry.InternalDate, kept.InternalDate);
        Assert.Equal(TimeSpan.FromHours(-7), kept.InternalDate.Offset);
        Assert.Equal(entry.Keywords, kept.Keywords);
        Assert.Equal(entry.ModSeq, kept.ModSeq);
    }

    [Fact]
    public async Task Flags_are_replaced_added_and_removed_with_a_new_modseq()
    {
        await using TestStore store = await TestStore.OpenAsync();
        await using IMailbox mailbox = await store.MailboxAsync(Alice);
        uint uid = await store.AppendAsync(mailbox, "x", MessageFlags.Seen, "one");

        await mailbox.StoreFlagsAsync([uid], FlagChange.Add, MessageFlags.Flagged, ["ONE", "two"], null, Stop);
        MessageEntry added = mailbox.Snapshot.Messages[0];
        Assert.Equal(MessageFlags.Seen | MessageFlags.Flagged, added.Flags);
        Assert.Equal(["one", "two"], added.Keywords);
        Assert.Equal(mailbox.Snapshot.HighestModSeq, added.ModSeq);

        await mailbox.StoreFlagsAsync([uid], FlagChange.Remove, MessageFlags.Seen, ["One"], null, Stop);
        MessageEntry removed = mailbox.Snapshot.Messages[0];
        Assert.Equal(MessageFlags.Flagged, removed.Flags);
        Assert.Equal(["two"], removed.Keywords);
        Assert.True(removed.ModSeq > added.ModSeq);

        await mailbox.StoreFlagsAsync([uid], FlagChange.Replace, MessageFlags.Answered, [], null, Stop);
        Assert.Equal(MessageFlags.Answered, mailbox.Snapshot.Messages[0].Flags);
        Assert.Empty(mailbox.Snapshot.Messages[0].Keywords);
    }

    [Fact]
    public async Task Flags_that_a_message_has_already_change_nothing()
    {
        await using TestStore store = await TestStore.OpenAsync();
        await using IMailbox mailbox = await store.MailboxAsync(Alice);
        uint uid = await store.AppendAsync(mailbox, "x", MessageFlags.Seen);
        ulong before = mailbox.Snapshot.HighestModSeq;
        await mailbox.StoreFlagsAsync([uid, 77], FlagChange.Add, MessageFlags.Seen, [], null, Stop);
        Assert.Equal(before, mailbox.Snapshot.HighestModSeq);
        Assert.Equal(before, mailbox.Snapshot.Messages[0].ModSeq);
    }

    [Fact]
    public async Task Messages_changed_since_are_left_and_told()
    {
        await using TestStore store = await TestStore.OpenAsync();
        await using IMailbox mailbox = await store.MailboxAsync(Alice);
        uint first = await store.AppendAsync(mailbox, "1");
        uint second = await store.AppendAsync(mailbox, "2");
        ulong known = mailbox.Snapshot.HighestModSeq;
        await mailbox.StoreFlagsAsync([first], FlagChange.Add, MessageFlags.Seen, [], null, Stop);

        IReadOnlyList<uint> left = await mailbox.StoreFlagsAsync([second, first], FlagChange.Add, MessageFlags.Deleted, [], known, Stop);

        Assert.Equal([first], left);
        Assert.Equal(MessageFlags.Seen, mailbox.Snapshot.Messages[0].Flags);
        Assert.Equal(MessageFlags.Deleted, mailbox.Snapshot.Messages[1].Flags);
    }

    [Fact]
    public async Task Concurrent_flag_changes_of_one_message_are_all_kept()
    {
        await using TestStore store = await TestStore.OpenAsync();
        await using IMailbox one = await store.MailboxAsync(Alice);
        await using IMailbox other = await store.MailboxAsync(Alice);
        uint uid = await store.AppendAsync(one, "x");
        string[] words = [.. Enumerable.Range(0, 60).Select(i => $"k{i}")];
        await Task.WhenAll(words.Select((word, i) =>
            (i % 2 == 0 ? one : other).StoreFlagsAsync([uid], FlagChange.Add, MessageFlags.None, [word], null, Stop).AsTask()));

        Assert.Equal(words.Order(), other.Snapshot.Messages[0].Keywords.Order());
        Assert.Equal(one.Snapshot.HighestModSeq, other.Snapshot.Messages[0].ModSeq);
    }

    [Fact]
    public async Task Too_many_or_too_long_keywords_are_refused()
    {
        await using TestStore store = await TestStore.OpenAsync(options => options.MaxKeywords = 3);
        await using IMailbox mailbox = await store.MailboxAsync(Alice);
        uint uid = await store.AppendAsync(mailbox, "x", MessageFlags.None, "a", "b", "c");
        await mailbox.StoreFlagsAsync([uid], FlagChange.Add, MessageFlags.Seen, ["A"], null, Stop);
        foreach (string word in new[] { "d", new string('w', 251), "" })
        {
            StoreFaultException fault = await Assert.ThrowsAsync<StoreFaultException>(
                () => mailbox.StoreFlagsAsync([uid], FlagChange.Add, MessageFlags.Deleted, [word], null, Stop).AsTask());
            Assert.Equal(StoreFaultKind.Limit, fault.Kind);
        }

        Assert.Equal(MessageFlags.Seen, mailbox.Snapshot.Messages[0].Flags);
        Assert.Equal(["a", "b", "c"], mailbox.Snapshot.Messages[0].Keywords);
    }

    [Fact]
    public async Task A_copy_has_its_own_link_to_the_same_content()
    {
        await using TestStore store = await TestStore.OpenAsync();
        await using IMailbox inbox = await store.MailboxAsync(Alice);
        await using IMailbox archive = await store.MailboxAsync(Alice, "Archive");
        await store.AppendAsync(archive, "already there");
        uint first = await store.AppendAsync(inbox, "first\r\n", MessageFlags.Flagged, "k");
        uint second = await store.AppendAsync(inbox, "second");
        long written = store.Engine.Counters.OctetsWritten;

        CopyResult? result = await inbox.CopyAsync([second, first, 99, first], "Archive", Stop);

        Assert.Equal(archive.Snapshot.UidValidity, result!.UidValidity);
        Assert.Equal([(first, 2u), (second, 3u)], result.Uids);
        Assert.Equal(written, store.Engine.Counters.OctetsWritten);
        MessageEntry copy = archive.Snapshot.Messages[1];
        Assert.Equal(MessageFlags.Flagged, copy.Flags);
        Assert.Equal(["k"], copy.Keywords);
        Assert.Equal(inbox.Snapshot.Messages[0].InternalDate, copy.InternalDate);
        Assert.Equal("first"u8.ToArray(), (await archive.ReadStructureAsync(2, Stop))!.Envelope);

        await inbox.ExpungeAsync([first, second], Stop);
        await store.Engine.DrainGarbageAsync();
        Assert.Equal(3, store.MessageFiles().Length);
        Assert.Equal("first\r\n", await ContentAsync(archive, 2));
        Assert.Equal("first"u8.ToArray(), (await archive.ReadStructureAsync(2, Stop))!.Envelope);
        Assert.Null(await inbox.CopyAsync([first], "Nowhere", Stop));
    }

    [Fact]
    public async Task A_move_takes_the_message_away_and_keeps_the_file()
    {
        await using TestStore store = await TestStore.OpenAsync();
        await using IMailbox inbox = await store.MailboxAsync(Alice);
        uint uid = await store.AppendAsync(inbox, "moving", MessageFlags.Seen);
        string file = Assert.Single(store.MessageFiles());
        ulong before = inbox.Snapshot.HighestModSeq;

        CopyResult? result = await inbox.MoveAsync([uid], "Trash", Stop);

        Assert.Equal([(uid, 1u)], result!.Uids);
        Assert.Empty(inbox.Snapshot.Messages);
        Assert.True(inbox.Snapshot.HighestModSeq > before);
        Assert.Equal(file, Assert.Single(store.MessageFiles()));
        await using IMailbox trash = await store.MailboxAsync(Alice, "Trash");
        Assert.Equal(MessageFlags.Seen, Assert.Single(trash.Snapshot.Messages).Flags);
        Assert.Equal("moving", await ContentAsync(trash, 1));
        Assert.Null(await trash.MoveAsync([1], "Nowhere", Stop));
        Assert.Single(trash.Snapshot.Messages);

        CopyResult? within = await trash.MoveAsync([1], "Trash", Stop);
        Assert.Equal([(1u, 2u)], within!.Uids);
        Assert.Equal([2u], Uids(trash));
        await store.ReopenAsync();
        await using IMailbox again = await store.MailboxAsync(Alice, "Trash");
        Assert.Equal("moving", await ContentAsync(again, 2));
    }

    [Fact]
    public async Task Expunged_messages_are_gone_and_their_uids_never_come_back()
    {
        await using TestStore store = await TestStore.OpenAsync();
        ulong highest;
        await using (IMailbox inbox = await store.MailboxAsync(Alice))
        {
            for (int i = 0; i < 3; i++)
            {
                await store.AppendAsync(inbox, $"{i}");
            }

            ulong before = inbox.Snapshot.HighestModSeq;
            Assert.Equal([2u, 3u], await inbox.ExpungeAsync([3, 2, 9, 2], Stop));
            Assert.Equal([1u], Uids(inbox));
            highest = inbox.Snapshot.HighestModSeq;
            Assert.True(highest > before);
            Assert.Null(await inbox.OpenContentAsync(3, Stop));
            Assert.Null(await inbox.ReadStructureAsync(3, Stop));
            await store.Engine.DrainGarbageAsync();
            Assert.Single(store.MessageFiles());
        }

        await store.ReopenAsync();
        await using IMailbox again = await store.MailboxAsync(Alice);
        Assert.Equal(highest, again.Snapshot.HighestModSeq);
        Assert.Equal(4u, again.Snapshot.UidNext);
        Assert.Equal(4u, await store.AppendAsync(again, "next"));
    }

    [Fact]
    public async Task Content_that_is_open_stays_readable_after_an_expunge()
    {
        await using TestStore store = await TestStore.OpenAsync();
        await using IMailbox inbox = await store.MailboxAsync(Alice);
        uint uid = await store.AppendAsync(inbox, "still here");
        await using Stream? content = await inbox.OpenContentAsync(uid, Stop);
        await inbox.ExpungeAsync([uid], Stop);
        await store.Engine.DrainGarbageAsync();
        Assert.Empty(store.MessageFiles());

        content!.Seek(6, SeekOrigin.Begin);
        using var reader = new StreamReader(content);
        Assert.Equal("here", await reader.ReadToEndAsync(Stop));
    }

    [Fact]
    public async Task A_change_during_a_load_is_not_missed()
    {
        await using TestStore store = await TestStore.OpenAsync(options => options.MaxIdleEntries = 0);
        Task deliveries = Task.WhenAll(Enumerable.Range(0, 200).Select(i => store.DeliverAsync($"{i}", Alice)));
        int opened = 0;
        while (!deliveries.IsCompleted)
        {
            await using IMailbox mailbox = await store.MailboxAsync(Alice);
            MailboxSnapshot snapshot = mailbox.Snapshot;
            int count = snapshot.Messages.Length;
            Assert.Equal(Enumerable.Range(1, count).Select(uid => (uint)uid), snapshot.Messages.Select(message => message.Uid));
            Assert.Equal((uint)count + 1, snapshot.UidNext);
            opened++;
        }

        await deliveries;
        Assert.True(opened > 0);
        await using IMailbox inbox = await store.MailboxAsync(Alice);
        Assert.Equal(200, inbox.Snapshot.Messages.Length);
    }

    [Fact]
    public async Task Users_that_went_out_of_memory_come_back_as_they_were()
    {
        await using TestStore store = await TestStore.OpenAsync(options => (options.MaxIdleUsers, options.MaxIdleEntries) = (0, 0));
        await store.DeliverAsync("1", Alice, Bob);
        await store.DeliverAsync("2", Alice, Bob);
        await using IMailbox alices = await store.MailboxAsync(Alice);
        await store.DeliverAsync("3", Alice, Bob);
        await using IMailbox bobs = await store.MailboxAsync(Bob);
        Assert.Equal([1u, 2u, 3u], Uids(alices));
        Assert.Equal([1u, 2u, 3u], Uids(bobs));
        Assert.Equal("3", await ContentAsync(bobs, 3));
    }
}
