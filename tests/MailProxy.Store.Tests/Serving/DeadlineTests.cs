using MailProxy.Store.Access;
using MailProxy.Store.Lmtp;
using MailProxy.Store.Pop3;
using MailProxy.Store.Tests.Engine;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MailProxy.Store.Tests.Serving;

/// <summary>Silence and slowness of clients, by a clock that the test turns. A wait is armed before what precedes it is sent, so what was read is the signal.</summary>
public sealed class DeadlineTests : IAsyncLifetime
{
    private const string LogIn = "S: +OK *\nC: AUTH EXTERNAL YWxpY2VAZXhhbXBsZS5vcmc=\nS: +OK *\n";
    private const string Mail = "S: 220 *\nC: LHLO x\nC: MAIL FROM:<>\nC: RCPT TO:<alice@example.org>\n";

    private readonly FakeTimeProvider _time = new();
    private readonly StoreAccess _access = new(new AccessOptions { TrustedClients = { "proxy-1" } });
    private TestStore _store = null!;

    public async ValueTask InitializeAsync() => _store = await TestStore.OpenAsync();

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task Pop3_without_a_log_in_ends_with_a_word_however_busy_it_is()
    {
        await using var dialogue = await Dialogue.WithTlsAsync(ServePop3Async, Certificates.Proxy);
        await dialogue.PlayAsync("S: +OK *");
        _time.Advance(TimeSpan.FromSeconds(59));
        await dialogue.PlayAsync("C: AUTH\nS: +OK\nS: EXTERNAL\nS: .");
        _time.Advance(TimeSpan.FromSeconds(1));
        await dialogue.PlayAsync("S: -ERR [SYS/TEMP] No log-in in time*\nEND");
    }

    [Fact]
    public async Task Pop3_that_idles_ends_without_a_word_and_deletes_nothing()
    {
        await _store.DeliverAsync("x\r\n", TestStore.Alice);
        await using var dialogue = await Dialogue.WithTlsAsync(ServePop3Async, Certificates.Proxy);
        await dialogue.PlayAsync(LogIn + "C: DELE 1\nS: +OK *");
        _time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1));
        await dialogue.PlayAsync("C: NOOP\nS: +OK");
        _time.Advance(TimeSpan.FromMinutes(10));
        await dialogue.PlayAsync("END");
        await using var inbox = await _store.MailboxAsync(TestStore.Alice);
        Assert.Single(inbox.Snapshot.Messages);
    }

    [Fact]
    public async Task A_pop3_client_that_does_not_read_is_cut_off_and_gives_the_maildrop_back()
    {
        await _store.DeliverAsync(string.Concat(Enumerable.Repeat("a line of forty octets, more or less....\r\n", 50_000)), TestStore.Alice);
        await using (var slow = await Dialogue.WithTlsAsync(ServePop3Async, Certificates.Proxy))
        {
            await slow.PlayAsync(LogIn + "C: RETR 1\nS: +OK *");

            // The server writes until the buffers between are full; a turn of the clock may fall between two of its writes.
            while (!slow.Served.IsCompleted)
            {
                _time.Advance(TimeSpan.FromMinutes(3));
                await Task.Yield();
            }
        }

        await using var next = await Dialogue.WithTlsAsync(ServePop3Async, Certificates.Proxy);
        await next.PlayAsync(LogIn);
    }

    [Fact]
    public async Task Lmtp_that_idles_ends_with_a_word()
    {
        await using var dialogue = await Dialogue.WithTlsAsync(ServeLmtpAsync, Certificates.Proxy);
        await dialogue.PlayAsync("S: 220 *");
        _time.Advance(TimeSpan.FromMinutes(5));
        await dialogue.PlayAsync("S: 421 4.4.2 *\nEND");
    }

    [Fact]
    public async Task Lmtp_that_idles_within_a_message_leaves_nothing()
    {
        await using var dialogue = await Dialogue.WithTlsAsync(ServeLmtpAsync, Certificates.Proxy);
        await dialogue.PlayAsync(Mail + "C: DATA\n");
        while (await dialogue.ReadLineAsync() is { } line && !line.StartsWith("354", StringComparison.Ordinal))
        {
        }

        _time.Advance(TimeSpan.FromMinutes(3));
        await dialogue.PlayAsync("END");
        Assert.Empty(_store.DraftFiles());
        await using var inbox = await _store.MailboxAsync(TestStore.Alice);
        Assert.Empty(inbox.Snapshot.Messages);
    }

    private Task ServePop3Async(ConnectionContext connection, CancellationToken stop) => Pop3.ServeAsync(connection, stop);

    private Pop3Server Pop3 => field ??= new(_store.Engine, _access, new Pop3ServerOptions { HostName = "store.test" }, NullLogger.Instance, _time);

    private Task ServeLmtpAsync(ConnectionContext connection, CancellationToken stop) =>
        new LmtpServer(_store.Engine, _access, new LmtpServerOptions { HostName = "store.test" }, NullLogger.Instance, _time).ServeAsync(connection, stop);
}
