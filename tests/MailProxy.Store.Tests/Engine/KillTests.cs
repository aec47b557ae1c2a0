using System.Diagnostics;
using System.Globalization;
using MailProxy.Store.Engine;
using MailProxy.Store.KillTarget;
using Xunit;
using static MailProxy.Store.Tests.Engine.TestStore;

namespace MailProxy.Store.Tests.Engine;

public sealed class KillTests(ITestOutputHelper output)
{
    private const int Messages = 2_000;

    /// <summary>Kills a process in the middle of 2,000 deliveries, again and again on the same folder, and at last lets it finish.</summary>
    [Fact]
    public async Task What_was_acknowledged_before_kill_9_is_there_once_and_nothing_half()
    {
        await using TestStore store = await TestStore.OpenAsync();
        await store.CloseAsync();
        var random = new Random(20260203);
        HashSet<int> acknowledged = [];
        int[] killAfter = [0, random.Next(1, 100), random.Next(100, Messages), random.Next(100, Messages), int.MaxValue];
        for (int round = 0; round < killAfter.Length; round++)
        {
            int before = acknowledged.Count;
            await RunAndKillAsync(store.Data, round * Messages, killAfter[round], acknowledged);
            output.WriteLine($"round {round}: {acknowledged.Count - before} acknowledged before the end");
            await store.ReopenAsync();
            await CheckAsync(store, acknowledged, (round + 1) * Messages);
            await store.CloseAsync();
        }

        Assert.Equal(Messages, acknowledged.Count(number => number >= (killAfter.Length - 1) * Messages));
    }

    private static async Task RunAndKillAsync(string data, int first, int killAfter, HashSet<int> acknowledged)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "MailProxy.Store.KillTarget" + (OperatingSystem.IsWindows() ? ".exe" : ""));
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true };
        foreach (string argument in new[] { data, first.ToString(CultureInfo.InvariantCulture), Messages.ToString(CultureInfo.InvariantCulture) })
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        bool finished = false;
        int count = 0;

        // Until the end of the pipe: what was written before the kill counts as acknowledged.
        while (await process.StandardOutput.ReadLineAsync(Stop) is { } line)
        {
            if (line == "done")
            {
                finished = true;
            }
            else if (line != "ready")
            {
                Assert.True(acknowledged.Add(int.Parse(line, CultureInfo.InvariantCulture)));
                count++;
            }

            if (count == killAfter)
            {
                process.Kill(); // SIGKILL
            }
        }

        await process.WaitForExitAsync(Stop);
        Assert.Equal(killAfter == int.MaxValue, finished);
    }

    private static async Task CheckAsync(TestStore store, HashSet<int> acknowledged, int bound)
    {
        Dictionary<int, int> found = [];
        int entries = 0;
        foreach (string user in NumberedMessage.Users)
        {
            HashSet<int> own = [];
            await using IMailbox inbox = await store.MailboxAsync(user);
            foreach (MessageEntry entry in inbox.Snapshot.Messages)
            {
                byte[] content = await ReadAsync(inbox, entry.Uid);
                int number = NumberedMessage.NumberOf(content);
                Assert.InRange(number, 0, bound - 1);
                Assert.True(content.AsSpan().SequenceEqual(NumberedMessage.Content(number)), $"message {number} is not what was sent");
                Assert.Equal(content.Length, entry.Size);
                Assert.Contains(user, NumberedMessage.Recipients(number));
                Assert.True(own.Add(number), $"message {number} is there twice");
                found[number] = found.GetValueOrDefault(number) + 1;
                entries++;
            }

            Assert.Equal(own.Select(number => Convert.ToHexString(NumberedMessage.Digest(number))).Order(), Taken(store, user));
        }

        // All recipients or none, whether it was acknowledged or not.
        Assert.All(found, pair => Assert.Equal(NumberedMessage.Recipients(pair.Key).Count, pair.Value));
        Assert.Empty(acknowledged.Except(found.Keys));

        IUserMail churner = await store.Engine.OpenUserAsync(NumberedMessage.Churner, Stop);
        foreach (MailboxInfo info in await churner.ListAsync(Stop))
        {
            await using IMailbox mailbox = await store.MailboxAsync(NumberedMessage.Churner, info.Name);
            foreach (MessageEntry entry in mailbox.Snapshot.Messages)
            {
                Assert.Equal(entry.Size, (await ReadAsync(mailbox, entry.Uid)).Length);
                entries++;
            }
        }

        await store.Engine.DrainGarbageAsync();
        Assert.Equal(entries, store.MessageFiles().Length);
        Assert.Empty(store.DraftFiles());
    }

    // What would be known again: exactly what is there.
    private static List<string> Taken(TestStore store, string user)
    {
        List<string> digests = [];
        byte[] after = [];
        while (true)
        {
            var page = store.Engine.Moves.Export(user).Taken(after, 0);
            digests.AddRange(page.Copies.Select(copy => Convert.ToHexString(copy.Digest)));
            if (page.IsLast)
            {
                return digests;
            }

            after = page.Copies[^1].Digest;
        }
    }

    private static async Task<byte[]> ReadAsync(IMailbox mailbox, uint uid)
    {
        await using Stream? content = await mailbox.OpenContentAsync(uid, Stop);
        Assert.NotNull(content);
        byte[] octets = new byte[content.Length];
        await content.ReadExactlyAsync(octets, Stop);
        return octets;
    }
}
