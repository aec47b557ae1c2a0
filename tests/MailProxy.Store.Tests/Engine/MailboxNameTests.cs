using MailProxy.Store.Engine;
using MailProxy.Store.Engine.Files.State;
using Xunit;
using static MailProxy.Store.Tests.Engine.TestStore;

namespace MailProxy.Store.Tests.Engine;

public sealed class MailboxNameTests
{
    [Fact]
    public async Task A_new_user_has_the_initial_mailboxes_and_is_subscribed_to_them()
    {
        await using TestStore store = await TestStore.OpenAsync();
        IUserMail mail = await store.Engine.OpenUserAsync(Alice, Stop);
        MailboxInfo[] expected =
        [
            new("Archive", SpecialUse.Archive, true, false),
            new("Drafts", SpecialUse.Drafts, true, false),
            new("INBOX", SpecialUse.None, true, false),
            new("Junk", SpecialUse.Junk, true, false),
            new("Sent", SpecialUse.Sent, true, false),
            new("Trash", SpecialUse.Trash, true, false),
        ];
        Assert.Equal(expected, await mail.ListAsync(Stop));
        Assert.Equal(expected.Select(info => info.Name), await mail.ListSubscriptionsAsync(Stop));
        await store.ReopenAsync();
        mail = await store.Engine.OpenUserAsync(Alice, Stop);
        Assert.Equal(expected, await mail.ListAsync(Stop));
        Assert.Equal(6, (await mail.ListSubscriptionsAsync(Stop)).Count);
    }

    [Fact]
    public async Task Users_whose_names_start_alike_do_not_see_each_other()
    {
        await using TestStore store = await TestStore.OpenAsync();
        IUserMail one = await store.Engine.OpenUserAsync("al", Stop);
        IUserMail other = await store.Engine.OpenUserAsync("al%s", Stop);
        Assert.Equal(MailboxOutcome.Done, await other.CreateAsync("Mine", SpecialUse.None, Stop));
        await store.ReopenAsync();
        one = await store.Engine.OpenUserAsync("al", Stop);
        Assert.DoesNotContain("Mine", await NamesAsync(one));
        other = await store.Engine.OpenUserAsync("al%s", Stop);
        Assert.Contains("Mine", await NamesAsync(other));
    }

    [Fact]
    public async Task Creating_a_mailbox_creates_what_is_above_it()
    {
        await using TestStore store = await TestStore.OpenAsync();
        IUserMail mail = await store.Engine.OpenUserAsync(Alice, Stop);
        Assert.Equal(MailboxOutcome.Done, await mail.CreateAsync("a/b/ü", SpecialUse.None, Stop));
        Assert.Equal(MailboxOutcome.AlreadyExists, await mail.CreateAsync("a", SpecialUse.None, Stop));
        Assert.Equal(MailboxOutcome.AlreadyExists, await mail.CreateAsync("a/b/", SpecialUse.None, Stop));
        Assert.Equal(MailboxOutcome.AlreadyExists, await mail.CreateAsync("inBox", SpecialUse.None, Stop));
        Assert.Equal(MailboxOutcome.Done, await mail.CreateAsync("inbox/sub/", SpecialUse.None, Stop));

        IReadOnlyList<MailboxInfo> list = await mail.ListAsync(Stop);
        Assert.Contains(new MailboxInfo("a", SpecialUse.None, true, true), list);
        Assert.Contains(new MailboxInfo("a/b/ü", SpecialUse.None, true, false), list);
        Assert.Contains(new MailboxInfo("INBOX/sub", SpecialUse.None, true, false), list);
        Assert.Equal(list.Select(info => info.Name).Order(StringComparer.Ordinal), list.Select(info => info.Name));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/a")]
    [InlineData("a//b")]
    [InlineData("a//")]
    [InlineData("a\0b")]
    [InlineData("a\r\nb")]
    [InlineData("a\u007f")]
    public async Task Impossible_names_are_refused(string name)
    {
        await using TestStore store = await TestStore.OpenAsync();
        IUserMail mail = await store.Engine.OpenUserAsync(Alice, Stop);
        Assert.Equal(MailboxOutcome.InvalidName, await mail.CreateAsync(name, SpecialUse.None, Stop));
        Assert.Equal(MailboxOutcome.NotFound, await mail.DeleteAsync(name, Stop));
        Assert.Equal(MailboxOutcome.NotFound, await mail.RenameAsync(name, "b", Stop));
        Assert.Equal(MailboxOutcome.InvalidName, await mail.RenameAsync("Sent", name, Stop));
        Assert.Null(await mail.OpenAsync(name, Stop));
        await Assert.ThrowsAsync<StoreFaultException>(() => mail.SetSubscribedAsync(name, true, Stop).AsTask());
    }

    [Fact]
    public void Half_a_surrogate_pair_is_no_name()
    {
        // Not in the table above: attributes keep their strings as UTF-8.
        Assert.True(MailboxName.TryNormalize("a\ud83d\ude00b", out _));
        Assert.False(MailboxName.TryNormalize("a\ud83d", out _));
        Assert.False(MailboxName.TryNormalize("a\ud83db", out _));
        Assert.False(MailboxName.TryNormalize("\ude00\ud83d", out _));
    }

    [Theory]
    [InlineData(499, true)]
    [InlineData(500, true)]
    [InlineData(501, false)]
    public void A_name_has_500_octets_at_most(int octets, bool valid)
    {
        Assert.Equal(valid, MailboxName.TryNormalize(new string('n', octets), out _));
        Assert.Equal(valid, MailboxName.TryNormalize(new string('ü', octets / 2) + new string('n', octets % 2), out _));
    }

    [Theory]
    [InlineData(31, true)]
    [InlineData(32, true)]
    [InlineData(33, false)]
    public void A_name_has_32_levels_at_most(int levels, bool valid)
        => Assert.Equal(valid, MailboxName.TryNormalize(string.Join('/', Enumerable.Repeat("x", levels)), out _));

    [Fact]
    public async Task A_user_has_a_limited_number_of_mailboxes()
    {
        await using TestStore store = await TestStore.OpenAsync(options => options.MaxMailboxes = 8);
        IUserMail mail = await store.Engine.OpenUserAsync(Alice, Stop);
        Assert.Equal(MailboxOutcome.Done, await mail.CreateAsync("seven", SpecialUse.None, Stop));
        await Assert.ThrowsAsync<StoreFaultException>(() => mail.CreateAsync("eight/nine", SpecialUse.None, Stop).AsTask());
        Assert.DoesNotContain("eight", await NamesAsync(mail));
        Assert.Equal(MailboxOutcome.Done, await mail.CreateAsync("eight", SpecialUse.None, Stop));
        StoreFaultException fault = await Assert.ThrowsAsync<StoreFaultException>(() => mail.CreateAsync("nine", SpecialUse.None, Stop).AsTask());
        Assert.Equal(StoreFaultKind.Limit, fault.Kind);
        Assert.Equal(8, (await mail.ListAsync(Stop)).Count);
    }

    [Fact]
    public async Task A_rename_takes_the_tree_with_its_mail_and_keeps_uids()
    {
        await using TestStore store = await TestStore.OpenAsync();
        IUserMail mail = await store.Engine.OpenUserAsync(Alice, Stop);
        await mail.CreateAsync("work", SpecialUse.None, Stop);
        await mail.CreateAsync("work/2025/q4", SpecialUse.None, Stop);
        await mail.CreateAsync("workshop", SpecialUse.None, Stop);
        uint validity;
        await using (IMailbox quarter = await store.MailboxAsync(Alice, "work/2025/q4"))
        {
            await store.AppendAsync(quarter, "kept");
            validity = quarter.Snapshot.UidValidity;
            Assert.Equal(MailboxOutcome.Done, await mail.RenameAsync("work", "old/jobs", Stop));
            Assert.Equal(2u, await store.AppendAsync(quarter, "through a session that opened the old name"));
        }

        await store.ReopenAsync();
        mail = await store.Engine.OpenUserAsync(Alice, Stop);
        Assert.Equal(
            ["old", "old/jobs", "old/jobs/2025", "old/jobs/2025/q4", "workshop"],
            (await NamesAsync(mail)).Where(name => name.StartsWith('o') || name.StartsWith('w')));
        await using IMailbox moved = await store.MailboxAsync(Alice, "old/jobs/2025/q4");
        Assert.Equal(validity, moved.Snapshot.UidValidity);
        Assert.Equal("kept", await ContentAsync(moved, 1));
        Assert.Equal([1u, 2u], Uids(moved));
        Assert.Equal(MailboxOutcome.NotFound, await mail.RenameAsync("work", "x", Stop));
        Assert.Equal(MailboxOutcome.AlreadyExists, await mail.RenameAsync("old", "workshop", Stop));
        Assert.Equal(MailboxOutcome.AlreadyExists, await mail.RenameAsync("old", "inbox", Stop));
        Assert.Equal(MailboxOutcome.InvalidName, await mail.RenameAsync("old", "old/deeper", Stop));
        Assert.Equal(MailboxOutcome.InvalidName, await mail.RenameAsync("old", new string('n', 490), Stop));
    }

    [Fact]
    public async Task Renaming_inbox_moves_its_mail_and_leaves_it_empty()
    {
        await using TestStore store = await TestStore.OpenAsync();
        IUserMail mail = await store.Engine.OpenUserAsync(Alice, Stop);
        await mail.CreateAsync("INBOX/child", SpecialUse.None, Stop);
        await store.DeliverAsync("one", Alice);
        await store.DeliverAsync("two", Alice);
        await using IMailbox inbox = await store.MailboxAsync(Alice);
        Assert.Equal(MailboxOutcome.Done, await mail.RenameAsync("inbox", "2025/all", Stop));

        Assert.Empty(inbox.Snapshot.Messages);
        await store.DeliverAsync("three", Alice);
        Assert.Equal([3u], Uids(inbox));
        await using IMailbox moved = await store.MailboxAsync(Alice, "2025/all");
        Assert.Equal(2, moved.Snapshot.Messages.Length);
        Assert.Equal("two", await ContentAsync(moved, 2));
        IReadOnlyList<string> names = await NamesAsync(mail);
        Assert.Contains("INBOX", names);
        Assert.Contains("INBOX/child", names);
        Assert.Equal(3, store.MessageFiles().Length);
    }

    [Fact]
    public async Task A_deleted_mailbox_goes_with_its_mail()
    {
        await using TestStore store = await TestStore.OpenAsync();
        IUserMail mail = await store.Engine.OpenUserAsync(Alice, Stop);
        await mail.CreateAsync("gone", SpecialUse.None, Stop);
        await using IMailbox open = await store.MailboxAsync(Alice, "gone");
        await store.AppendAsync(open, "x");
        uint validity = open.Snapshot.UidValidity;
        Assert.Equal(MailboxOutcome.Done, await mail.DeleteAsync("gone", Stop));

        Assert.Empty(open.Snapshot.Messages);
        Assert.Null(await open.OpenContentAsync(1, Stop));
        StoreFaultException fault = await Assert.ThrowsAsync<StoreFaultException>(() => store.AppendAsync(open, "y"));
        Assert.Equal(StoreFaultKind.MailboxGone, fault.Kind);
        Assert.Null(await mail.OpenAsync("gone", Stop));
        Assert.Equal(MailboxOutcome.NotFound, await mail.DeleteAsync("gone", Stop));
        Assert.Equal(MailboxOutcome.NotPermitted, await mail.DeleteAsync("Inbox", Stop));
        await store.Engine.DrainGarbageAsync();
        Assert.Empty(store.MessageFiles());

        await mail.CreateAsync("gone", SpecialUse.None, Stop);
        await using IMailbox again = await store.MailboxAsync(Alice, "gone");
        Assert.True(again.Snapshot.UidValidity > validity);
        Assert.Empty(again.Snapshot.Messages);
    }

    [Fact]
    public async Task A_deleted_mailbox_with_children_leaves_its_name()
    {
        await using TestStore store = await TestStore.OpenAsync();
        IUserMail mail = await store.Engine.OpenUserAsync(Alice, Stop);
        await mail.CreateAsync("a/b", SpecialUse.None, Stop);
        await using (IMailbox parent = await store.MailboxAsync(Alice, "a"))
        {
            await store.AppendAsync(parent, "x");
        }

        Assert.Equal(MailboxOutcome.Done, await mail.DeleteAsync("a", Stop));
        Assert.Contains(new MailboxInfo("a", SpecialUse.None, false, true), await mail.ListAsync(Stop));
        Assert.Null(await mail.OpenAsync("a", Stop));
        Assert.Equal(MailboxOutcome.NotPermitted, await mail.DeleteAsync("a", Stop));
        await store.ReopenAsync();
        Assert.Empty(store.MessageFiles());
        mail = await store.Engine.OpenUserAsync(Alice, Stop);
        Assert.Null(await mail.OpenAsync("a", Stop));
        Assert.Equal(MailboxOutcome.Done, await mail.CreateAsync("a", SpecialUse.None, Stop));
        await using (IMailbox parent = await store.MailboxAsync(Alice, "a"))
        {
            Assert.Empty(parent.Snapshot.Messages);
        }

        Assert.Equal(MailboxOutcome.Done, await mail.DeleteAsync("a", Stop));
        Assert.Equal(MailboxOutcome.Done, await mail.DeleteAsync("a/b", Stop));
        Assert.Equal(MailboxOutcome.Done, await mail.DeleteAsync("a", Stop));
        Assert.DoesNotContain("a", await NamesAsync(mail));
    }

    [Fact]
    public async Task A_name_may_be_subscribed_without_a_mailbox()
    {
        await using TestStore store = await TestStore.OpenAsync();
        IUserMail mail = await store.Engine.OpenUserAsync(Alice, Stop);
        await mail.SetSubscribedAsync("not/there", true, Stop);
        await mail.SetSubscribedAsync("Junk", false, Stop);
        await mail.SetSubscribedAsync("Junk", false, Stop);
        await store.ReopenAsync();
        mail = await store.Engine.OpenUserAsync(Alice, Stop);
        Assert.Equal(["Archive", "Drafts", "INBOX", "Sent", "Trash", "not/there"], await mail.ListSubscriptionsAsync(Stop));
        Assert.DoesNotContain("not/there", await NamesAsync(mail));
    }

    private static async Task<IReadOnlyList<string>> NamesAsync(IUserMail mail) => [.. (await mail.ListAsync(Stop)).Select(info => info.Name)];
}
