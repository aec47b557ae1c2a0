using Xunit;

namespace MailProxy.Store.Tests.Imap;

public sealed class ImapDialogueTests
{
    private const string Mail = "From: a@b\r\nSubject: one\r\n\r\nbody\r\n";

    [Fact]
    public async Task Appended_octets_come_back_as_they_were()
    {
        await using var server = await ImapTestServer.StartAsync();
        await using var client = await server.LogInAsync();
        var all = string.Concat(Enumerable.Range(0, 256).Select(i => (char)i));
        foreach (var message in new[] { Mail, "no header", "\r\n\r\n", all, "A: 1\r\n\r\n" + string.Concat(Enumerable.Repeat(all, 1_000)) })
        {
            var uid = (await client.AppendAsync(message)).Split("APPENDUID ")[1].Split(' ', ']')[1];
            await client.OkAsync("SELECT INBOX");
            var answer = await client.OkAsync($"UID FETCH {uid} (RFC822.SIZE BODY.PEEK[])");
            Assert.Contains($"(UID {uid} RFC822.SIZE {message.Length} BODY[] {{{message.Length}}}\r\n{message})\r\n", answer, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(10)]
    [InlineData(8_192)]
    [InlineData(8_193)]
    [InlineData(300_000)]
    public async Task Synchronizing_literals_are_invited_once(int size)
    {
        await using var server = await ImapTestServer.StartAsync();
        await using var client = await server.LogInAsync();
        var message = new string('x', size);
        await client.SendAsync($"a APPEND INBOX (\\Seen $Work) \" 7-Feb-1994 21:52:25 -0800\" {{{size}}}\r\n");
        Assert.StartsWith("+ ", await client.ReadLineAsync(), StringComparison.Ordinal);
        await client.SendAsync(message + "\r\n");
        Assert.StartsWith("a OK [APPENDUID ", await client.ReadLineAsync(), StringComparison.Ordinal);
        await client.OkAsync("EXAMINE INBOX");
        Assert.Contains(
            "* 1 FETCH (FLAGS (\\Seen $Work) INTERNALDATE \"07-Feb-1994 21:52:25 -0800\")\r\n", await client.OkAsync("FETCH 1 (FLAGS INTERNALDATE)"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_append_that_fails_leaves_the_session_in_step()
    {
        await using var server = await ImapTestServer.StartAsync(configure: options => options.MessageLimit = 20_000);
        await using var client = await server.LogInAsync();
        Assert.Contains(" NO [TRYCREATE] ", await client.CommandAsync($"APPEND nowhere {{10000+}}\r\n{new string('x', 10_000)}"), StringComparison.Ordinal);
        Assert.Contains(" NO [TOOBIG] ", await client.CommandAsync("APPEND INBOX {20001}"), StringComparison.Ordinal);
        Assert.Contains(" BAD ", await client.CommandAsync($"APPEND INBOX (\\Bogus) {{10000+}}\r\n{new string('x', 10_000)}"), StringComparison.Ordinal);
        Assert.Contains(" BAD ", await client.CommandAsync($"APPEND INBOX {{9000+}}\r\n{new string('x', 9_000)} {{3+}}\r\nabc"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Select_tells_what_a_client_needs()
    {
        await using var server = await ImapTestServer.StartAsync();
        await using var client = await server.LogInAsync();
        await client.AppendAsync(Mail, "INBOX (\\Seen)");
        await client.AppendAsync(Mail, "INBOX (Work)");
        var answer = await client.OkAsync("SELECT inbox");
        foreach (var line in new[]
        {
            "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft Work)", "* 2 EXISTS", "* 0 RECENT", "* OK [UNSEEN 2] ", "* OK [UIDNEXT 3] ", "* OK [UIDVALIDITY ",
            "* OK [HIGHESTMODSEQ ", "* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft Work \\*)] ", $"{client.Tag} OK [READ-WRITE] ",
        })
        {
            Assert.Contains(line, answer, StringComparison.Ordinal);
        }

        var examined = await client.OkAsync("EXAMINE INBOX");
        Assert.Contains("* OK [CLOSED] ", examined, StringComparison.Ordinal);
        Assert.Contains("[READ-ONLY]", examined, StringComparison.Ordinal);
        foreach (var command in new[] { "STORE 1 FLAGS ()", "EXPUNGE", "MOVE 1 Trash" })
        {
            Assert.Contains(" NO [NOPERM] ", await client.CommandAsync(command), StringComparison.Ordinal);
        }

        await client.OkAsync("FETCH 2 BODY[]");
        Assert.Contains("* 2 FETCH (FLAGS (Work))", await client.OkAsync("FETCH 2 FLAGS"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reading_a_body_marks_it_seen_and_says_so()
    {
        await using var server = await ImapTestServer.StartAsync();
        await using var client = await server.LogInAsync();
        await client.AppendAsync(Mail);
        await client.OkAsync("SELECT INBOX");
        await client.OkAsync("FETCH 1 (BODY.PEEK[] RFC822.HEADER ENVELOPE)");
        Assert.Contains("FETCH (FLAGS ())", await client.OkAsync("FETCH 1 FLAGS"), StringComparison.Ordinal);
        Assert.Contains("FETCH (BODY[TEXT]<2> {3}\r\ndy\r FLAGS (\\Seen))\r\n", await client.OkAsync("FETCH 1 BODY[TEXT]<2.3>"), StringComparison.Ordinal);
        Assert.Contains("* SEARCH\r\n", await client.OkAsync("SEARCH UNSEEN"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("FETCH 1 BODY[HEADER.FIELDS (SUBJECT X-None)]", "BODY[HEADER.FIELDS (SUBJECT X-None)] {16}\r\nSubject: one\r\n\r\n FLAGS (\\Seen))")]
    [InlineData("FETCH 1 BODY.PEEK[HEADER]", "BODY[HEADER] {27}\r\nFrom: a@b\r\nSubject: one\r\n\r\n)")]
    [InlineData("FETCH 1 RFC822.TEXT", "RFC822.TEXT {6}\r\nbody\r\n FLAGS (\\Seen))")]
    [InlineData("FETCH 1 (BODY.PEEK[1] BODY.PEEK[2])", "(BODY[1] {6}\r\nbody\r\n BODY[2] NIL)")]
    [InlineData("FETCH 1 BODY", "BODY (\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 6 1))")]
    [InlineData("FETCH 1 ENVELOPE", "ENVELOPE (NIL \"one\" ((NIL NIL \"a\" \"b\")) ((NIL NIL \"a\" \"b\")) ((NIL NIL \"a\" \"b\")) NIL NIL NIL NIL NIL))")]
    [InlineData("FETCH 1 FAST", "* 1 FETCH (FLAGS () INTERNALDATE \"")]
    [InlineData("UID FETCH 1:* (UID FLAGS)", "* 1 FETCH (UID 1 FLAGS ())\r\n")]
    [InlineData("FETCH 7:9 FLAGS", "OK FETCH completed")]
    [InlineData("UID FETCH 7 FLAGS", "OK UID FETCH completed")]
    [InlineData("FETCH 1 (FLAGS", " BAD ")]
    [InlineData("FETCH 1 (ALL)", " BAD ")]
    [InlineData("FETCH 0 FLAGS", " BAD ")]
    [InlineData("FETCH 1 BODY[0]", " BAD ")]
    [InlineData("FETCH 1 BODY[1.]", " BAD ")]
    [InlineData("FETCH 1 BODY[MIME]", " BAD ")]
    [InlineData("FETCH 1 BODY[]<1.0>", " BAD ")]
    [InlineData("FETCH 1 BODY[HEADER.FIELDS ()]", " BAD ")]
    [InlineData("FETCH 1 NONSENSE", " BAD ")]
    [InlineData("SEARCH SUBJECT ONE", "* SEARCH 1\r\n")]
    [InlineData("SEARCH SUBJECT two", "* SEARCH\r\n")]
    [InlineData("UID SEARCH BODY BOD", "* SEARCH 1\r\n")]
    [InlineData("SEARCH OR TEXT xyz (FROM a@b NOT SEEN)", "* SEARCH 1\r\n")]
    [InlineData("SEARCH HEADER subject \"\"", "* SEARCH 1\r\n")]
    [InlineData("SEARCH HEADER x-none \"\"", "* SEARCH\r\n")]
    [InlineData("SEARCH SINCE 1-Jan-2020 BEFORE 1-Jan-2200 SENTBEFORE 1-Jan-2020", "* SEARCH\r\n")]
    [InlineData("SEARCH CHARSET UTF-8 SUBJECT {3+}\r\none LARGER 10 SMALLER 1000 UID 1 1:*", "* SEARCH 1\r\n")]
    [InlineData("SEARCH RETURN (MIN COUNT ALL) ALL", ") MIN 1 COUNT 1 ALL 1\r\n")]
    [InlineData("UID SEARCH RETURN () SEEN", ") UID\r\n")]
    [InlineData("SEARCH CHARSET KOI8-R ALL", " NO [BADCHARSET (US-ASCII UTF-8)] ")]
    [InlineData("SEARCH", " BAD ")]
    [InlineData("SEARCH (ALL", " BAD ")]
    [InlineData("SEARCH OR ALL", " BAD ")]
    [InlineData("SEARCH BOGUS", " BAD ")]
    [InlineData("STORE 1 +FLAGS (\\Flagged Work)", "* 1 FETCH (FLAGS (\\Flagged Work))\r\n")]
    [InlineData("STORE 1 +FLAGS (\\Bogus)", " BAD ")]
    [InlineData("COPY 1 nowhere", " NO [TRYCREATE] ")]
    [InlineData("COPY 9 Trash", " OK ")]
    [InlineData("STATUS INBOX (MESSAGES UNSEEN UIDNEXT SIZE DELETED)", "* STATUS \"INBOX\" (MESSAGES 1 UNSEEN 1 UIDNEXT 2 SIZE 33 DELETED 0)\r\n")]
    [InlineData("STATUS nowhere (MESSAGES)", " NO [NONEXISTENT] ")]
    [InlineData("STATUS INBOX (BOGUS)", " BAD ")]
    [InlineData("NAMESPACE", "* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n")]
    [InlineData("ID (\"name\" \"x\" \"version\" NIL)", "* ID (\"name\" ")]
    [InlineData("ENABLE CONDSTORE QRESYNC", "* ENABLED CONDSTORE\r\n")]
    [InlineData("LOGIN a b", " BAD Not in this state")]
    [InlineData("FROBNICATE", " BAD Unknown command")]
    public async Task Commands_are_answered(string command, string expected)
    {
        await using var server = await ImapTestServer.StartAsync();
        await using var client = await server.LogInAsync();
        await client.AppendAsync(Mail);
        await client.OkAsync("SELECT INBOX");
        Assert.Contains(expected, await client.CommandAsync(command), StringComparison.Ordinal);
        await client.OkAsync("NOOP");
    }

    [Fact]
    public async Task Deep_nesting_and_long_sets_are_refused_not_followed()
    {
        await using var server = await ImapTestServer.StartAsync();
        await using var client = await server.LogInAsync();
        await client.OkAsync("SELECT INBOX");
        Assert.Contains(" BAD ", await client.CommandAsync("SEARCH " + new string('(', 10_000)), StringComparison.Ordinal);
        Assert.Contains(" BAD ", await client.CommandAsync("SEARCH " + string.Concat(Enumerable.Repeat("NOT ", 10_000)) + "ALL"), StringComparison.Ordinal);
        Assert.Contains(" BAD ", await client.CommandAsync("FETCH " + string.Join(',', Enumerable.Repeat("1", 12_001)) + " FLAGS"), StringComparison.Ordinal);
        Assert.Contains(" BAD [TOOBIG] ", await client.CommandAsync("SELECT {9000}"), StringComparison.Ordinal);

        // The server may close before it has read the last of it; what it said before is what matters.
        var sending = Record.ExceptionAsync(() => client.SendAsync("x NOOP " + new string('x', 65_536 - "x NOOP ".Length)));
        Assert.Contains("* BYE [TOOBIG] ", await client.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.True(await sending is null or IOException);
    }
}
