using System.Security.Cryptography;
using System.Text;
using MailProxy.Store.Engine;
using MailProxy.Store.Engine.Files.Database;
using MailProxy.Store.Engine.Files.Disk;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static MailProxy.Store.Tests.Engine.TestStore;

namespace MailProxy.Store.Tests.Engine;

public sealed class TakenCopiesTests
{
    private static readonly byte[] First = SHA256.HashData("first"u8);

    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 28, 1, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task A_copy_is_taken_once_by_each_user_within_a_day_and_again_after_it()
    {
        await using TestStore store = await TestStore.OpenAsync(time: time);
        Assert.Empty(await store.DeliverOnceAsync(First, "x", Alice));
        Assert.Equal([Alice], await store.DeliverOnceAsync(First, "x", Alice, Bob));
        time.Advance(TimeSpan.FromDays(1) - TimeSpan.FromSeconds(1));
        Assert.Equal([Alice, Bob], await store.DeliverOnceAsync(First, "x", Alice, Bob));
        Assert.Equal((1, 1), (await CountAsync(store, Alice), await CountAsync(store, Bob)));
        Assert.Equal(2, store.MessageFiles().Length);
        Assert.Equal(3, store.Engine.Counters.Repeats);

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(await store.DeliverOnceAsync(First, "x", Alice, Bob));
        Assert.Equal((2, 2), (await CountAsync(store, Alice), await CountAsync(store, Bob)));
    }

    [Fact]
    public async Task What_was_taken_is_known_after_a_restart_and_with_a_clock_that_was_set_back()
    {
        await using TestStore store = await TestStore.OpenAsync(time: time);
        await store.DeliverOnceAsync(First, "x", Alice);
        await store.CloseAsync();
        await using TestStore again = await store.WithTimeAsync(new FakeTimeProvider(time.GetUtcNow() - TimeSpan.FromHours(2)));
        Assert.Equal([Alice], await again.DeliverOnceAsync(First, "x", Alice));
        Assert.Equal(1, await CountAsync(again, Alice));
    }

    [Fact]
    public async Task Of_many_at_once_one_copy_is_stored_and_all_are_acknowledged()
    {
        await using TestStore store = await TestStore.OpenAsync(time: time);
        IReadOnlyList<string>[] had = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => store.DeliverOnceAsync(First, "x", Alice, Bob), Stop)));
        Assert.Single(had, users => users.Count == 0);
        Assert.Equal((1, 1), (await CountAsync(store, Alice), await CountAsync(store, Bob)));
    }

    [Fact]
    public async Task Without_a_digest_or_with_the_window_at_zero_every_copy_is_stored()
    {
        await using TestStore store = await TestStore.OpenAsync(options => options.RepeatWindow = TimeSpan.Zero, time);
        Assert.False(store.Engine.KnowsRepeats);
        Assert.Empty(await store.DeliverOnceAsync(First, "x", Alice));
        Assert.Empty(await store.DeliverOnceAsync(First, "x", Alice));
        await store.DeliverAsync("x", Alice);
        Assert.Equal(3, await CountAsync(store, Alice));
        Assert.Equal(0, await RowsAsync(store));
    }

    [Fact]
    public async Task Old_entries_are_removed_by_the_deliveries_that_follow()
    {
        await using TestStore store = await TestStore.OpenAsync(time: time);
        for (int i = 0; i < 40; i++)
        {
            await store.DeliverOnceAsync(Digest(i), "x", Alice);
        }

        time.Advance(TimeSpan.FromDays(1));
        for (int i = 40; i < 43; i++)
        {
            await store.DeliverOnceAsync(Digest(i), "x", Alice);
        }

        // Two rows for each: 3 that are new, and of the 40 nothing but what 3 times 18 leave.
        Assert.Equal(2 * 3, await RowsAsync(store));
    }

    [Fact]
    public async Task An_entry_that_was_renewed_outlives_its_first_time()
    {
        await using TestStore store = await TestStore.OpenAsync(time: time);
        await store.DeliverOnceAsync(First, "x", Alice);
        time.Advance(TimeSpan.FromDays(1));
        await store.DeliverOnceAsync(First, "x", Alice);
        time.Advance(TimeSpan.FromHours(1));
        await store.DeliverOnceAsync(Digest(1), "x", Alice);
        Assert.Equal([Alice], await store.DeliverOnceAsync(First, "x", Alice));
        Assert.Equal(2 * 2, await RowsAsync(store));
    }

    [Fact]
    public async Task A_delivery_that_failed_leaves_no_entry()
    {
        await using TestStore store = await TestStore.OpenAsync(time: time);
        await Assert.ThrowsAsync<StoreFaultException>(() => store.DeliverOnceAsync(First, "x", Alice, "evil\0name"));
        Assert.Empty(await store.DeliverOnceAsync(First, "x", Alice));
        Assert.Equal(1, await CountAsync(store, Alice));
    }

    private static byte[] Digest(int number) => SHA256.HashData(Encoding.ASCII.GetBytes($"{number}"));

    private static async Task<int> CountAsync(TestStore store, string user)
    {
        await using IMailbox inbox = await store.MailboxAsync(user);
        return inbox.Snapshot.Messages.Length;
    }

    private static async Task<int> RowsAsync(TestStore store)
    {
        await store.CloseAsync();
        int rows = 0;
        using (StoreDatabase database = StoreDatabase.Open(new StoreFolders(store.Data).Database))
        {
            database.Scan(StoreTable.Taken, [], (_, _) =>
            {
                rows++;
                return true;
            });
        }

        await store.ReopenAsync();
        return rows;
    }
}
