using MailProxy.Store.Tests.Engine;
using MailProxy.Store.Tests.Serving;
using Xunit;

namespace MailProxy.Store.Tests.Pop3;

public sealed class Pop3ServerTests : Pop3ServerFixture
{
    [Fact]
    public async Task A_session_reads_and_deletes_mail()
    {
        await Store.DeliverAsync(First, TestStore.Alice);
        await Store.DeliverAsync(Second, TestStore.Alice);
        await using (var dialogue = await LoggedInAsync())
        {
            await dialogue.PlayAsync($"""
                C: STAT
                S: +OK 2 {First.Length + Second.Length}
                C: LIST
                S: +OK 2 messages ({First.Length + Second.Length} octets)
                S: 1 {First.Length}
                S: 2 {Second.Length}
                S: .
                C: LIST 2
                S: +OK 2 {Second.Length}
                C: TOP 2 1
                S: +OK
                S: Subject: two
                S: 
                S: l1
                S: .
                C: RETR 2
                S: +OK {Second.Length} octets
                S: Subject: two
                S: 
                S: l1
                S: l2
                S: l3
                S: .
                C: DELE 1
                S: +OK Message 1 deleted.
                C: STAT
                S: +OK 1 {Second.Length}
                C: LIST 1
                S: -ERR No such message.
                C: DELE 1
                S: -ERR No such message.
                C: RSET
                S: +OK
                C: STAT
                S: +OK 2 {First.Length + Second.Length}
                C: DELE 1
                S: +OK *
                C: NOOP
                S: +OK
                C: QUIT
                S: +OK Bye.
                END
                """);
        }

        await using var inbox = await Store.MailboxAsync(TestStore.Alice);
        var left = Assert.Single(inbox.Snapshot.Messages);
        Assert.Equal(Second, await TestStore.ContentAsync(inbox, left.Uid));
        Assert.Equal(MailProxy.Store.Engine.MessageFlags.Seen, left.Flags);
    }

    [Fact]
    public async Task Content_comes_byte_by_byte_as_it_was_delivered()
    {
        var content = "Subject: x\r\n\r\n.\r\n..two\r\n8-bit \xE9\xFF\0\r\nno end";
        await Store.DeliverAsync(content, TestStore.Alice);
        await using var dialogue = await LoggedInAsync();
        await dialogue.SendAsync("RETR 1\r\n");
        var expected = $"+OK {content.Length} octets\r\nSubject: x\r\n\r\n..\r\n...two\r\n8-bit \xE9\xFF\0\r\nno end\r\n.\r\n";
        Assert.Equal(expected, await dialogue.ReadOctetsAsync(expected.Length));
    }

    [Fact]
    public async Task A_large_message_streams()
    {
        var content = "Subject: x\r\n\r\n" + string.Concat(Enumerable.Range(0, 20_000).Select(line => $"line number {line}\r\n"));
        await Store.DeliverAsync(content, TestStore.Alice);
        await using var dialogue = await LoggedInAsync();
        await dialogue.SendAsync("RETR 1\r\n");
        var expected = $"+OK {content.Length} octets\r\n{content}.\r\n";
        Assert.Equal(expected, await dialogue.ReadOctetsAsync(expected.Length));
    }

    [Fact]
    public async Task Deletion_happens_at_quit_only()
    {
        await Store.DeliverAsync(First, TestStore.Alice);
        await using (var dialogue = await LoggedInAsync())
        {
            await dialogue.PlayAsync("C: DELE 1\nS: +OK *\n");
        }

        await using var inbox = await Store.MailboxAsync(TestStore.Alice);
        Assert.Single(inbox.Snapshot.Messages);
    }

    [Fact]
    public async Task Unique_ids_are_short_stay_the_same_and_are_never_given_again()
    {
        await Store.DeliverAsync(First, TestStore.Alice);
        await Store.DeliverAsync(Second, TestStore.Alice);
        string? first, second;
        await using (var dialogue = await LoggedInAsync())
        {
            await dialogue.PlayAsync("C: UIDL\nS: +OK\n");
            first = (await dialogue.ReadLineAsync())!["1 ".Length..];
            second = (await dialogue.ReadLineAsync())!["2 ".Length..];
            await dialogue.PlayAsync($"S: .\nC: UIDL 2\nS: +OK 2 {second}\nC: DELE 2\nS: +OK *\nC: QUIT\nS: +OK *\nEND");
        }

        Assert.Matches("^[0-9a-f]{1,8}\\.[0-9a-f]{1,8}$", first);
        Assert.NotEqual(first, second);
        await Store.DeliverAsync(Second, TestStore.Alice);
        await using var again = await LoggedInAsync();
        await again.PlayAsync($"C: UIDL 1\nS: +OK 1 {first}\nC: UIDL 2\n");
        Assert.NotEqual($"+OK 2 {second}", await again.ReadLineAsync());
    }

    [Fact]
    public async Task One_session_at_a_time_has_the_maildrop()
    {
        await using var first = await LoggedInAsync();
        await using (var second = await ConnectAsync())
        {
            await second.PlayAsync("""
                S: +OK *
                C: AUTH EXTERNAL YWxpY2VAZXhhbXBsZS5vcmc=
                S: -ERR [IN-USE] *
                C: AUTH EXTERNAL Ym9iQGV4YW1wbGUub3Jn
                S: +OK *
                """);
            await first.PlayAsync("C: QUIT\nS: +OK *\n");
        }

        // What QUIT answered has released it already; what was cut off releases it too.
        await using var third = await LoggedInAsync();
        await third.DisposeAsync();
        await using var fourth = await LoggedInAsync();
    }

    [Fact]
    public async Task Pipelined_commands_are_answered_in_order()
    {
        await Store.DeliverAsync(First, TestStore.Alice);
        await using var dialogue = await ConnectAsync();
        await dialogue.PlayAsync($"""
            S: +OK *
            C: AUTH EXTERNAL YWxpY2VAZXhhbXBsZS5vcmc=
            C: STAT
            C: LIST 1
            C: LIST 2
            C: QUIT
            S: +OK Maildrop *
            S: +OK 1 {First.Length}
            S: +OK 1 {First.Length}
            S: -ERR *
            S: +OK Bye.
            END
            """);
    }

    [Theory]
    [InlineData("RETR")]
    [InlineData("RETR 0")]
    [InlineData("RETR 2")]
    [InlineData("RETR -1")]
    [InlineData("RETR +1")]
    [InlineData("RETR 1 ")]
    [InlineData("RETR 99999999999999999999")]
    [InlineData("TOP 1")]
    [InlineData("TOP 1 -1")]
    [InlineData("TOP 1 x")]
    [InlineData("TOP x 1")]
    [InlineData("DELE x")]
    public async Task Arguments_that_are_none_are_refused(string command)
    {
        await Store.DeliverAsync(First, TestStore.Alice);
        await using var dialogue = await LoggedInAsync();
        await dialogue.PlayAsync($"C: {command}\nS: -ERR *\nC: STAT\nS: +OK 1 {First.Length}");
    }

    [Fact]
    public async Task A_message_that_imap_removed_is_a_temporary_error()
    {
        await Store.DeliverAsync(First, TestStore.Alice);
        await using var dialogue = await LoggedInAsync();
        await using var inbox = await Store.MailboxAsync(TestStore.Alice);
        await inbox.ExpungeAsync(TestStore.Uids(inbox), TestStore.Stop);
        await dialogue.PlayAsync($"C: RETR 1\nS: -ERR [SYS/TEMP] *\nC: DELE 1\nS: +OK *\nC: QUIT\nS: +OK *\nEND");
    }

    [Fact]
    public async Task Commands_over_255_octets_end_the_session()
    {
        await using var fits = await ConnectAsync();
        await fits.PlayAsync($"S: +OK *\nC: STAT {new string('x', 248)}\nS: -ERR Log in first.");
        await using var isOver = await ConnectAsync();
        await isOver.PlayAsync($"S: +OK *\nC: STAT {new string('x', 249)}\nS: -ERR [SYS/PERM] Line too long*\nEND");
        await using var endless = await ConnectAsync();
        await endless.PlayAsync("S: +OK *");
        await endless.SendAsync("AUTH EXTERNAL " + new string('x', 13_000));
        await endless.PlayAsync("S: -ERR [SYS/PERM] Line too long*\nEND");
    }

    [Fact]
    public async Task Junk_is_answered_within_a_budget()
    {
        await using var dialogue = await ConnectAsync();
        await dialogue.PlayAsync("S: +OK *\n" + string.Concat(Enumerable.Repeat("C: GET / HTTP/1.1\nS: -ERR Unknown*\n", 20)) + "S: -ERR Too many errors*\nEND");
    }

    [Fact]
    public async Task Bare_line_feeds_are_no_line_ends()
    {
        await using var dialogue = await ConnectAsync();
        await dialogue.PlayAsync("S: +OK *");
        await dialogue.SendAsync("CAPA\nQUIT\nNOOP\r\n");
        await dialogue.PlayAsync("S: -ERR Lines end in CRLF*\nS: -ERR Lines end in CRLF*\nS: -ERR Log in first.");
    }

    [Fact]
    public async Task APop3_that_stops_says_so()
    {
        await Store.DeliverAsync(First, TestStore.Alice);
        await using var dialogue = await LoggedInAsync();
        await dialogue.PlayAsync("C: DELE 1\nS: +OK *");
        await dialogue.StopServerAsync();
        await dialogue.PlayAsync("S: -ERR [SYS/TEMP] *\nEND");
        await using var inbox = await Store.MailboxAsync(TestStore.Alice);
        Assert.Single(inbox.Snapshot.Messages);
    }
}
