using System.Text;
using MailProxy.Store.Access;
using MailProxy.Store.Pop3;
using MailProxy.Store.Tests.Engine;
using MailProxy.Store.Tests.Serving;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MailProxy.Store.Tests.Pop3;

public sealed class Pop3ServerTests : IAsyncLifetime
{
    private const string First = "Subject: one\r\n\r\n.dot\r\n..\r\n.\r\nend\r\n";
    private const string Second = "Subject: two\r\n\r\nl1\r\nl2\r\nl3\r\n";

    // AUTH EXTERNAL as alice@example.org and as bob@example.org.
    private const string LogIn = "C: AUTH EXTERNAL YWxpY2VAZXhhbXBsZS5vcmc=\nS: +OK *\n";

    private TestStore _store = null!;
    private Pop3Server _server = null!;

    public async ValueTask InitializeAsync()
    {
        _store = await TestStore.OpenAsync();
        _server = Server(new AccessOptions { TrustedClients = { "proxy-1" } });
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task A_session_reads_and_deletes_mail()
    {
        await _store.DeliverAsync(First, TestStore.Alice);
        await _store.DeliverAsync(Second, TestStore.Alice);
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

        await using var inbox = await _store.MailboxAsync(TestStore.Alice);
        var left = Assert.Single(inbox.Snapshot.Messages);
        Assert.Equal(Second, await TestStore.ContentAsync(inbox, left.Uid));
        Assert.Equal(MailProxy.Store.Engine.MessageFlags.Seen, left.Flags);
    }

    [Fact]
    public async Task Content_comes_byte_by_byte_as_it_was_delivered()
    {
        var content = "Subject: x\r\n\r\n.\r\n..two\r\n8-bit \xE9\xFF\0\r\nno end";
        await _store.DeliverAsync(content, TestStore.Alice);
        await using var dialogue = await LoggedInAsync();
        await dialogue.SendAsync("RETR 1\r\n");
        var expected = $"+OK {content.Length} octets\r\nSubject: x\r\n\r\n..\r\n...two\r\n8-bit \xE9\xFF\0\r\nno end\r\n.\r\n";
        Assert.Equal(expected, await dialogue.ReadOctetsAsync(expected.Length));
    }

    [Fact]
    public async Task A_large_message_streams()
    {
        var content = "Subject: x\r\n\r\n" + string.Concat(Enumerable.Range(0, 20_000).Select(line => $"line number {line}\r\n"));
        await _store.DeliverAsync(content, TestStore.Alice);
        await using var dialogue = await LoggedInAsync();
        await dialogue.SendAsync("RETR 1\r\n");
        var expected = $"+OK {content.Length} octets\r\n{content}.\r\n";
        Assert.Equal(expected, await dialogue.ReadOctetsAsync(expected.Length));
    }

    [Fact]
    public async Task Deletion_happens_at_quit_only()
    {
        await _store.DeliverAsync(First, TestStore.Alice);
        await using (var dialogue = await LoggedInAsync())
        {
            await dialogue.PlayAsync("C: DELE 1\nS: +OK *\n");
        }

        await using var inbox = await _store.MailboxAsync(TestStore.Alice);
        Assert.Single(inbox.Snapshot.Messages);
    }

    [Fact]
    public async Task Unique_ids_are_short_stay_the_same_and_are_never_given_again()
    {
        await _store.DeliverAsync(First, TestStore.Alice);
        await _store.DeliverAsync(Second, TestStore.Alice);
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
        await _store.DeliverAsync(Second, TestStore.Alice);
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
    public async Task Capabilities_follow_the_connection()
    {
        await using var dialogue = await Dialogue.InClearAsync(_server.ServeAsync, Certificates.Proxy);
        await dialogue.PlayAsync($"""
            S: +OK store.test POP3 ready
            C: CAPA
            S: +OK
            S: UIDL
            S: TOP
            S: RESP-CODES
            S: AUTH-RESP-CODE
            S: PIPELINING
            S: STLS
            S: .
            C: AUTH
            S: +OK
            S: .
            C: STLS
            S: +OK *
            TLS
            C: CAPA
            S: +OK
            S: UIDL
            S: TOP
            S: RESP-CODES
            S: AUTH-RESP-CODE
            S: PIPELINING
            S: SASL EXTERNAL
            S: XCLIENT ADDR PORT SESSION TTL
            S: .
            C: STLS
            S: -ERR *
            C: XCLIENT ADDR=192.0.2.1 PORT=4000 SESSION=abc TTL=4
            S: +OK
            C: AUTH
            S: +OK
            S: EXTERNAL
            S: .
            {LogIn}
            C: CAPA
            S: +OK
            S: UIDL
            S: TOP
            S: RESP-CODES
            S: AUTH-RESP-CODE
            S: PIPELINING
            S: .
            C: AUTH EXTERNAL YWxpY2VAZXhhbXBsZS5vcmc=
            S: -ERR Not after log-in.
            """);
    }

    [Fact]
    public async Task Nobody_logs_in_in_clear_or_without_a_certificate()
    {
        await using var clear = await Dialogue.InClearAsync(_server.ServeAsync);
        await clear.PlayAsync("""
            S: +OK *
            C: AUTH EXTERNAL YWxpY2VAZXhhbXBsZS5vcmc=
            S: -ERR [AUTH] *
            C: USER alice@example.org
            S: -ERR *
            C: PASS secret
            S: -ERR *
            C: XCLIENT ADDR=192.0.2.1
            S: -ERR *
            C: STAT
            S: -ERR Log in first.
            """);
        await using var encrypted = await Dialogue.WithTlsAsync(_server.ServeAsync, Certificates.OtherClient);
        await encrypted.PlayAsync("""
            S: +OK *
            C: AUTH EXTERNAL YWxpY2VAZXhhbXBsZS5vcmc=
            S: -ERR [AUTH] *
            C: AUTH PLAIN AGFsaWNlQGV4YW1wbGUub3JnAHNlY3JldA==
            S: -ERR [AUTH] *
            C: AUTH LOGIN
            S: -ERR [AUTH] *
            S: -ERR [AUTH] Too many *
            END
            """);
    }

    [Fact]
    public async Task The_response_may_follow_the_challenge_or_be_cancelled()
    {
        await using var dialogue = await ConnectAsync();
        await dialogue.PlayAsync("""
            S: +OK *
            C: AUTH EXTERNAL
            S: + 
            C: *
            S: -ERR Authentication cancelled.
            C: AUTH external
            S: + 
            C: YWxpY2VAZXhhbXBsZS5vcmc=
            S: +OK *
            """);
    }

    [Theory]
    [InlineData("AUTH EXTERNAL =")]
    [InlineData("AUTH EXTERNAL !!!!")]
    [InlineData("AUTH EXTERNAL YWxpY2U=")]
    [InlineData("AUTH EXTERNAL YWxpY2VAZXhhbXBsZS5vcmcA")]
    public async Task A_response_that_names_nobody_lets_nobody_in(string command)
    {
        await using var dialogue = await ConnectAsync();
        await dialogue.PlayAsync($"S: +OK *\nC: {command}\nS: -ERR *\nC: STAT\nS: -ERR Log in first.\n{LogIn}C: STAT\nS: +OK 0 0");
    }

    [Fact]
    public async Task The_master_account_logs_in_over_tls()
    {
        using var password = new TemporaryFile("master password");
        var server = Server(new AccessOptions { MasterUser = "proxy", MasterPasswordFile = password.FullName });
        string Response(string message) => Convert.ToBase64String(Encoding.UTF8.GetBytes(message));
        await using var dialogue = await Dialogue.InClearAsync(server.ServeAsync);
        await dialogue.PlayAsync($"""
            S: +OK *
            C: AUTH PLAIN {Response("alice@example.org\0proxy\0master password")}
            S: -ERR [AUTH] *
            C: STLS
            S: +OK *
            TLS
            C: AUTH PLAIN {Response("alice@example.org\0proxy\0wrong")}
            S: -ERR [AUTH] *
            C: AUTH PLAIN {Response("alice@example.org\0proxy\0master password")}
            S: +OK *
            C: STAT
            S: +OK 0 0
            """);
    }

    [Fact]
    public async Task Bytes_behind_stls_end_the_session()
    {
        await using var dialogue = await Dialogue.InClearAsync(_server.ServeAsync);
        await dialogue.PlayAsync("S: +OK *\nC: STLS\nC: CAPA\n");

        // The reset may overtake the answer to STLS; the command behind it is never answered.
        var answers = new List<string>();
        while (await dialogue.ReadLineAsync() is { } line)
        {
            answers.Add(line);
        }

        Assert.DoesNotContain("UIDL", answers);
        await dialogue.PlayAsync("END");
    }

    [Fact]
    public async Task Pipelined_commands_are_answered_in_order()
    {
        await _store.DeliverAsync(First, TestStore.Alice);
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
        await _store.DeliverAsync(First, TestStore.Alice);
        await using var dialogue = await LoggedInAsync();
        await dialogue.PlayAsync($"C: {command}\nS: -ERR *\nC: STAT\nS: +OK 1 {First.Length}");
    }

    [Fact]
    public async Task A_message_that_imap_removed_is_a_temporary_error()
    {
        await _store.DeliverAsync(First, TestStore.Alice);
        await using var dialogue = await LoggedInAsync();
        await using var inbox = await _store.MailboxAsync(TestStore.Alice);
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
    public async Task A_server_that_stops_says_so()
    {
        await _store.DeliverAsync(First, TestStore.Alice);
        await using var dialogue = await LoggedInAsync();
        await dialogue.PlayAsync("C: DELE 1\nS: +OK *");
        await dialogue.StopServerAsync();
        await dialogue.PlayAsync("S: -ERR [SYS/TEMP] *\nEND");
        await using var inbox = await _store.MailboxAsync(TestStore.Alice);
        Assert.Single(inbox.Snapshot.Messages);
    }

    private Pop3Server Server(AccessOptions access, TimeProvider? time = null) => new(
        _store.Engine,
        new StoreAccess(access),
        new Pop3ServerOptions { HostName = "store.test", StartTls = Certificates.ServerSettings },
        NullLogger.Instance,
        time ?? TimeProvider.System);

    private Task<Dialogue> ConnectAsync() => Dialogue.WithTlsAsync(_server.ServeAsync, Certificates.Proxy);

    private async Task<Dialogue> LoggedInAsync()
    {
        var dialogue = await ConnectAsync();
        await dialogue.PlayAsync("S: +OK *\n" + LogIn);
        return dialogue;
    }
}
