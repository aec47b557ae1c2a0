using Xunit;

namespace MailProxy.Store.Tests.Imap;

/// <summary>What one session hears of another's changes, and when.</summary>
public sealed class ImapUpdateTests
{
    private const string Mail = "Subject: x\r\n\r\nbody\r\n";

    [Fact]
    public async Task Idle_tells_arrivals_flags_and_expunges_at_once()
    {
        await using var server = await ImapTestServer.StartAsync();
        await using var idler = await server.LogInAsync();
        await using var other = await server.LogInAsync();
        await other.AppendAsync(Mail);
        await idler.OkAsync("SELECT INBOX");
        await idler.SendAsync("i IDLE\r\n");
        Assert.StartsWith("+ ", await idler.ReadLineAsync(), StringComparison.Ordinal);
        await other.AppendAsync(Mail);
        Assert.Equal("* 2 EXISTS\r\n", await idler.ReadLineAsync());
        await other.OkAsync("SELECT INBOX");
        await other.OkAsync("STORE 1 +FLAGS (\\Deleted)");
        Assert.Equal("* 1 FETCH (UID 1 FLAGS (\\Deleted))\r\n", await idler.ReadLineAsync());
        await other.OkAsync("EXPUNGE");
        Assert.Equal("* 1 EXPUNGE\r\n", await idler.ReadLineAsync());
        await idler.SendAsync("DONE\r\n");
        Assert.StartsWith("i OK ", await idler.ReadLineAsync(), StringComparison.Ordinal);
        Assert.Contains("* SEARCH 2\r\n", await idler.OkAsync("UID SEARCH ALL"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sequence_numbers_hold_still_until_an_expunge_may_be_told()
    {
        await using var server = await ImapTestServer.StartAsync();
        await using var one = await server.LogInAsync();
        await using var two = await server.LogInAsync();
        foreach (var _ in Enumerable.Range(0, 3))
        {
            await one.AppendAsync(Mail);
        }

        await one.OkAsync("SELECT INBOX");
        await two.OkAsync("SELECT INBOX");
        await two.OkAsync("STORE 1:2 +FLAGS.SILENT (\\Deleted)");
        Assert.Contains("* 2 EXPUNGE\r\n* 1 EXPUNGE\r\n", await two.OkAsync("EXPUNGE"), StringComparison.Ordinal);
        await two.AppendAsync(Mail);

        var fetch = await one.OkAsync("FETCH 3 UID");
        Assert.Contains("* 3 FETCH (UID 3)\r\n", fetch, StringComparison.Ordinal);
        Assert.Contains("* 4 EXISTS\r\n", fetch, StringComparison.Ordinal);
        Assert.DoesNotContain("EXPUNGE", fetch, StringComparison.Ordinal);
        Assert.DoesNotContain("EXPUNGE", await one.OkAsync("SEARCH ALL"), StringComparison.Ordinal);
        Assert.Contains(" NO [EXPUNGEISSUED] ", await one.CommandAsync("FETCH 1 BODY[]"), StringComparison.Ordinal);
        Assert.Contains("* 2 EXPUNGE\r\n* 1 EXPUNGE\r\n", await one.OkAsync("NOOP"), StringComparison.Ordinal);
        Assert.Contains("* 2 FETCH (UID 4)\r\n", await one.OkAsync("FETCH 2 UID"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mod_sequences_guard_and_find_changes()
    {
        await using var server = await ImapTestServer.StartAsync();
        await using var one = await server.LogInAsync();
        await using var two = await server.LogInAsync();
        await one.AppendAsync(Mail);
        await one.AppendAsync(Mail);
        var selected = await one.OkAsync("SELECT INBOX (CONDSTORE)");
        var modSeq = ulong.Parse(selected.Split("HIGHESTMODSEQ ")[1].Split(']')[0], System.Globalization.CultureInfo.InvariantCulture);
        await two.OkAsync("SELECT INBOX");
        await two.OkAsync("STORE 1 +FLAGS (\\Flagged)");
        Assert.Contains("[MODIFIED 1]", await one.OkAsync($"STORE 1:2 (UNCHANGEDSINCE {modSeq}) +FLAGS.SILENT (\\Seen)"), StringComparison.Ordinal);
        var changed = await one.OkAsync($"UID FETCH 1:* (FLAGS) (CHANGEDSINCE {modSeq})");
        Assert.Contains("* 1 FETCH (UID 1 FLAGS (\\Flagged) MODSEQ (", changed, StringComparison.Ordinal);
        Assert.Contains("* 2 FETCH (UID 2 FLAGS (\\Seen) MODSEQ (", changed, StringComparison.Ordinal);
        Assert.Contains("* SEARCH 1 2 (MODSEQ ", await one.OkAsync($"SEARCH MODSEQ {modSeq + 1}"), StringComparison.Ordinal);
        Assert.Contains("HIGHESTMODSEQ ", await one.OkAsync("STATUS INBOX (HIGHESTMODSEQ)"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Copies_and_moves_tell_both_uids()
    {
        await using var server = await ImapTestServer.StartAsync();
        await using var client = await server.LogInAsync();
        foreach (var _ in Enumerable.Range(0, 3))
        {
            await client.AppendAsync(Mail, "INBOX (\\Seen)");
        }

        await client.OkAsync("SELECT INBOX");
        Assert.Matches(@"OK \[COPYUID \d+ 1,3 1:2\] ", await client.OkAsync("COPY 1,3 Archive"));
        var moved = await client.OkAsync("UID MOVE 1:2 Trash");
        Assert.Matches(@"^\* OK \[COPYUID \d+ 1:2 1:2\] Moved\.\r\n\* 2 EXPUNGE\r\n\* 1 EXPUNGE\r\n", moved);
        Assert.Contains("(MESSAGES 2 UNSEEN 0)", await client.OkAsync("STATUS Archive (MESSAGES UNSEEN)"), StringComparison.Ordinal);
        await client.OkAsync("STORE 1 +FLAGS (\\Deleted)");
        Assert.DoesNotContain("EXPUNGE\r\n", await client.OkAsync("UID EXPUNGE 1:2"), StringComparison.Ordinal);
        Assert.DoesNotContain("* 1 EXPUNGE", await client.OkAsync("CLOSE"), StringComparison.Ordinal);
        Assert.Contains("(MESSAGES 0)", await client.OkAsync("STATUS INBOX (MESSAGES)"), StringComparison.Ordinal);
        Assert.Contains(" BAD Not in this state: no mailbox is selected", await client.CommandAsync("FETCH 1 FLAGS"), StringComparison.Ordinal);
    }
}
