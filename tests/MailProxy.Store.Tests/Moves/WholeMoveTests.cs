using System.Security.Cryptography;
using MailProxy.Store.Engine;
using MailProxy.Store.Moves.Api;
using MailProxy.Store.Tests.Engine;
using Xunit;
using static MailProxy.Store.Tests.Engine.TestStore;

namespace MailProxy.Store.Tests.Moves;

public sealed class WholeMoveTests : TwoStores
{
    private const string Move = "m-1";
    private static readonly FenceTarget ToTarget = new("store-2", "store-2.test", 143, 110, 24);

    [Fact]
    public async Task A_user_moves_with_everything_and_the_source_keeps_nothing_in_the_end()
    {
        await FillAsync();
        var before = await MailDump.OfAsync(Source.Store, Alice);

        var first = await Target.PullWellAsync(Alice, Move, Source);
        Assert.Equal((null, 4L), (first.Hold, first.Messages));
        var hold = (await Source.Client.HoldAsync(Alice, new HoldRequest(Move, 60), Stop)).Hold!;
        var last = await Target.PullWellAsync(Alice, Move, Source);
        Assert.Equal((hold, 0L), (last.Hold, last.Messages));

        var fenced = await Source.Client.FenceAsync(Alice, new FenceRequest(Move, hold, ToTarget), Stop);
        Assert.Equal((UserServing.Fenced, ToTarget, true), (fenced.Serving, fenced.To, fenced.HasMail));
        var active = await Target.Client.ActivateAsync(Alice, new ActivateRequest(Move, hold), Stop);
        Assert.Equal((UserServing.Serving, true, null, Move), (active.Serving, active.HasMail, active.Staged, active.ActivatedMove));
        Assert.Equal(before, await MailDump.OfAsync(Target.Store, Alice));

        await Source.RestartAsync();
        await Target.RestartAsync();
        Assert.Equal(before, await MailDump.OfAsync(Target.Store, Alice));
        var fault = await Assert.ThrowsAsync<StoreFaultException>(() => Source.Store.DeliverAsync("too late", Alice));
        Assert.Equal((StoreFaultKind.UserMoved, ToTarget), (fault.Kind, fault.Referral));

        Assert.False((await Source.Client.PurgeLeftBehindAsync(Alice, Move, Stop)).HasMail);
        await Source.Store.Engine.DrainGarbageAsync();
        Assert.Single(Source.Store.MessageFiles()); // Bob's
        await using var bobs = await Source.Store.MailboxAsync(Bob);
        Assert.Equal("first", await ContentAsync(bobs, 1));
    }

    [Fact]
    public async Task A_copy_that_was_taken_before_the_move_is_known_after_it()
    {
        byte[] before = SHA256.HashData("before"u8), between = SHA256.HashData("between"u8);
        await Source.Store.DeliverOnceAsync(before, "x", Alice, Bob);
        await Target.PullWellAsync(Alice, Move, Source);
        await Source.Store.DeliverOnceAsync(between, "y", Alice);
        var hold = (await Source.Client.HoldAsync(Alice, new HoldRequest(Move, 60), Stop)).Hold!;
        await Target.PullWellAsync(Alice, Move, Source);
        await Source.Client.FenceAsync(Alice, new FenceRequest(Move, hold, ToTarget), Stop);
        await Target.Client.ActivateAsync(Alice, new ActivateRequest(Move, hold), Stop);

        Assert.Equal([Alice], await Target.Store.DeliverOnceAsync(before, "x", Alice, Bob));
        Assert.Equal([Alice], await Target.Store.DeliverOnceAsync(between, "y", Alice));
        await using var inbox = await Target.Store.MailboxAsync(Alice);
        Assert.Equal(2, inbox.Snapshot.Messages.Length);
    }

    [Fact]
    public async Task Nothing_of_a_staged_copy_is_seen_and_mail_for_it_is_put_off()
    {
        await FillAsync();
        await Target.PullWellAsync(Alice, Move, Source);
        var state = await Target.Client.GetAsync(Alice, Stop);
        Assert.Equal((false, Move, null), (state.HasMail, state.Staged?.Move, state.Staged?.Hold));
        var fault = await Assert.ThrowsAsync<StoreFaultException>(() => Target.Store.DeliverAsync("too early", Alice));
        Assert.Equal(StoreFaultKind.UserHeld, fault.Kind);
        fault = await Assert.ThrowsAsync<StoreFaultException>(async () => await Target.Store.Engine.OpenUserAsync(Alice, Stop));
        Assert.Equal(StoreFaultKind.UserHeld, fault.Kind);

        await Target.RestartAsync();
        Assert.Equal(Move, (await Target.Client.GetAsync(Alice, Stop)).Staged?.Move);
        await Target.Client.DropStagedAsync(Alice, Move, Stop);
        await Target.Store.Engine.DrainGarbageAsync();
        Assert.Empty(Target.Store.MessageFiles());
        await Target.Store.DeliverAsync("now it is a user of this store", Alice);
    }

    [Fact]
    public async Task A_later_pull_brings_the_difference_only()
    {
        await FillAsync();
        await Target.PullWellAsync(Alice, Move, Source);
        await Source.Store.DeliverAsync("one more", Alice);
        await using (var inbox = await Source.Store.MailboxAsync(Alice))
        {
            await inbox.StoreFlagsAsync([2], FlagChange.Add, MessageFlags.Flagged, ["later"], null, Stop);
            await inbox.MoveAsync([1], "Archive", Stop);
        }

        var mail = await Source.Store.Engine.OpenUserAsync(Alice, Stop);
        await mail.RenameAsync("Work", "Old/Work", Stop);
        await mail.DeleteAsync("Junk", Stop);
        var hold = (await Source.Client.HoldAsync(Alice, new HoldRequest(Move, 60), Stop)).Hold!;
        var second = await Target.PullWellAsync(Alice, Move, Source);
        Assert.Equal((hold, 1L, 1L, 1L, 1L), (second.Hold, second.Messages, second.Reused, second.Changed, second.Removed));

        // Released by its owner, the source is as it was; the copy is compared with it.
        await Source.Client.FenceAsync(Alice, new FenceRequest(Move, hold, ToTarget), Stop);
        await Target.Client.ActivateAsync(Alice, new ActivateRequest(Move, hold), Stop);
        await Source.Client.UnfenceAsync(Alice, Move, Stop);
        Assert.Equal(await MailDump.OfAsync(Source.Store, Alice), await MailDump.OfAsync(Target.Store, Alice));
    }

    [Fact]
    public async Task A_few_new_messages_of_a_large_mailbox_are_fetched_before_all_digests_are_read_and_more_of_them_are_looked_for()
    {
        for (var number = 0; number < 300; number++)
        {
            await Source.Store.DeliverAsync($"message {number}", Alice);
        }

        await Target.PullWellAsync(Alice, Move, Source);
        await using (var inbox = await Source.Store.MailboxAsync(Alice))
        {
            var mail = await Source.Store.Engine.OpenUserAsync(Alice, Stop);
            await mail.CreateAsync("Archive", SpecialUse.None, Stop);
            await inbox.MoveAsync([1, 2, 3], "Archive", Stop);
        }

        // Two of some three hundred are worth a look, one is not.
        var second = await Target.PullWellAsync(Alice, Move, Source);
        Assert.Equal((1L, 2L, 3L), (second.Messages, second.Reused, second.Removed));
    }

    [Fact]
    public async Task A_later_pull_of_the_same_move_asks_for_the_copies_since_the_one_before()
    {
        var asked = new List<string>();
        Target.Wrap = handler => new Recorder(handler, asked);
        await Source.Store.DeliverOnceAsync(SHA256.HashData("one"u8), "x", Alice);
        await Target.PullWellAsync(Alice, Move, Source);
        await Target.PullWellAsync(Alice, Move, Source);

        // Started again, the target knows nothing of it and asks for all.
        await Target.RestartAsync();
        await Target.PullWellAsync(Alice, Move, Source);
        var since = asked.Select(query => long.Parse(query[(query.LastIndexOf('=') + 1)..], System.Globalization.CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(3, since.Count);
        Assert.Equal((0L, 0L), (since[0], since[2]));
        Assert.InRange(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - since[1], 60, 300);
    }

    private async Task FillAsync()
    {
        var store = Source.Store;
        await store.DeliverAsync("first", Alice, Bob);
        await store.DeliverAsync("second", Alice);
        var mail = await store.Engine.OpenUserAsync(Alice, Stop);
        await mail.CreateAsync("Work/Deep", SpecialUse.None, Stop);
        await mail.DeleteAsync("Work", Stop);
        await mail.CreateAsync("Work", SpecialUse.None, Stop);
        await mail.CreateAsync("Gone/Kept", SpecialUse.None, Stop);
        await mail.DeleteAsync("Gone", Stop);
        await mail.SetSubscribedAsync("Never/There", true, Stop);
        await using var deep = await store.MailboxAsync(Alice, "Work/Deep");
        await store.AppendAsync(deep, "third", MessageFlags.Seen | MessageFlags.Answered, "$Label1", "ünïcode");
        var gone = await store.AppendAsync(deep, "gone", MessageFlags.Deleted);
        await deep.ExpungeAsync([gone], Stop);
        await store.AppendAsync(deep, "fourth");
    }

    // Notes the questions for copies that were taken; the first page of each pull, as nobody has more than one here.
    private sealed class Recorder(HttpMessageHandler handler, List<string> asked) : DelegatingHandler(handler)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri!.AbsolutePath.EndsWith("/taken", StringComparison.Ordinal))
            {
                asked.Add(request.RequestUri.Query);
            }

            return base.SendAsync(request, cancellationToken);
        }
    }
}
