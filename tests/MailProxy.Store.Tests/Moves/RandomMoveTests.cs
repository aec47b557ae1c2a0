using MailProxy.Store.Engine;
using MailProxy.Store.Moves.Api;
using MailProxy.Store.Tests.Engine;
using Xunit;
using static MailProxy.Store.Tests.Engine.TestStore;

namespace MailProxy.Store.Tests.Moves;

/// <summary>Whatever a user does, before and while the mail is pulled: in the end both stores show the same.</summary>
public sealed class RandomMoveTests
{
    private static readonly FenceTarget ToTarget = new("store-2", "store-2.test", 143, 110, 24);
    private static readonly string[] Names = ["INBOX", "Archive", "Work", "Work/A", "Work/A/b", "Würzburg/ü", "Junk", "Old", "Old/Work"];
    private static readonly string[] Words = ["$Label1", "$Forwarded", "héllo", "x"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task A_copy_equals_its_source(int seed)
    {
        await using var source = await MoveNode.OpenAsync("store-1");
        await using var target = await MoveNode.OpenAsync("store-2");
        var random = new Random(seed);
        await ActAsync(source.Store, random, 120);
        await target.PullWellAsync(Alice, "m-1", source);
        await ActAsync(source.Store, random, 40);

        // While it is pulled: such a pull proves nothing, and breaks nothing.
        var acting = ActAsync(source.Store, random, 60);
        for (var round = 0; round < 3; round++)
        {
            Assert.Equal(PullPhase.Done, (await target.PullAsync(Alice, "m-1", source)).Phase);
        }

        await acting;
        if (seed % 2 == 0)
        {
            await target.RestartAsync();
        }

        var hold = (await source.Client.HoldAsync(Alice, new HoldRequest("m-1", 60), Stop)).Hold!;
        Assert.Equal(hold, (await target.PullWellAsync(Alice, "m-1", source)).Hold);
        await source.Client.FenceAsync(Alice, new FenceRequest("m-1", hold, ToTarget), Stop);
        await target.Client.ActivateAsync(Alice, new ActivateRequest("m-1", hold), Stop);
        await source.Client.UnfenceAsync(Alice, "m-1", Stop);
        var expected = await MailDump.OfAsync(source.Store, Alice);
        Assert.Equal(expected, await MailDump.OfAsync(target.Store, Alice));
        await target.RestartAsync();
        Assert.Equal(expected, await MailDump.OfAsync(target.Store, Alice));

        // Every message of the copy, and nothing else, is on the disk.
        await target.Store.Engine.DrainGarbageAsync();
        await source.Store.Engine.DrainGarbageAsync();
        Assert.Equal(source.Store.MessageFiles().Length, target.Store.MessageFiles().Length);
    }

    private static async Task ActAsync(TestStore store, Random random, int count)
    {
        var mail = await store.Engine.OpenUserAsync(Alice, Stop);
        for (var number = 0; number < count; number++)
        {
            var name = Names[random.Next(Names.Length)];
            var other = Names[random.Next(Names.Length)];
            switch (random.Next(10))
            {
                case 0:
                    await mail.CreateAsync(name, (SpecialUse)random.Next(3), Stop);
                    break;
                case 1:
                    await mail.DeleteAsync(name, Stop);
                    break;
                case 2:
                    await mail.RenameAsync(name, other, Stop);
                    break;
                case 3:
                    await mail.SetSubscribedAsync(name, random.Next(2) == 0, Stop);
                    break;
                case 4:
                    await store.DeliverAsync(Content(random), Alice);
                    break;
                default:
                    await ActInMailboxAsync(store, mail, name, other, random);
                    break;
            }
        }
    }

    private static async Task ActInMailboxAsync(TestStore store, IUserMail mail, string name, string other, Random random)
    {
        await using var mailbox = await mail.OpenAsync(name, Stop);
        if (mailbox is null)
        {
            return;
        }

        var uids = Uids(mailbox).Where(_ => random.Next(3) == 0).ToList();
        string[] words = [.. Words.Where(_ => random.Next(3) == 0)];
        var flags = (MessageFlags)random.Next(32);
        switch (random.Next(5))
        {
            case 0:
                await using (var draft = await store.DraftAsync(Content(random)))
                {
                    var date = new DateTimeOffset(2000 + random.Next(30), 1 + random.Next(12), 3, 4, 5, 6, TimeSpan.FromMinutes(30 * random.Next(-20, 24)));
                    await mailbox.AppendAsync(draft, flags, words, date, Stop);
                }

                break;
            case 1:
                await mailbox.StoreFlagsAsync(uids, (FlagChange)random.Next(3), flags, words, null, Stop);
                break;
            case 2:
                await mailbox.CopyAsync(uids, other, Stop);
                break;
            case 3:
                await mailbox.MoveAsync(uids, other, Stop);
                break;
            default:
                await mailbox.ExpungeAsync([.. uids.Take(2)], Stop);
                break;
        }
    }

    // A few are alike: the same content in several places.
    private static string Content(Random random) => random.Next(4) == 0 ? "the same" : new string((char)random.Next(32, 127), random.Next(1, 40_000));
}
