using MailProxy.Store.Access;
using MailProxy.Store.Lmtp;
using MailProxy.Store.Tests.Engine;
using MailProxy.Store.Tests.Serving;
using MailProxy.Testing;
using Microsoft.Extensions.Logging;
using Xunit;

namespace MailProxy.Store.Tests.Lmtp;

/// <summary>A sender who repeats a message, because another recipient's store refused it, leaves one copy behind.</summary>
public sealed class RepeatTests : IAsyncLifetime
{
    private readonly RecordingLogger _logger = new();
    private TestStore _store = null!;

    public async ValueTask InitializeAsync() => _store = await TestStore.OpenAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task A_repeat_with_another_trace_is_acknowledged_logged_and_not_stored()
    {
        await SendAsync("sender@example.net", "Received: first attempt\r\n\tthrough a\r\nSubject: x\r\nMessage-ID: <1@example.net>\r\n\r\nbody\r\n", "alice");
        await SendAsync("sender@example.net", "Received: second attempt\r\nReceived: one more hop\r\nSubject: x\r\nMessage-ID: <1@example.net>\r\n\r\nbody\r\n", "alice", "bob");
        Assert.Equal(1, await CountAsync("alice"));
        Assert.Equal(1, await CountAsync("bob"));
        Assert.Equal(1, _store.Engine.Counters.Repeats);
        Assert.Single(_logger.Entries, entry => entry.Text.Contains("alice@example.org took this message before", StringComparison.Ordinal) && entry.Level == LogLevel.Information);
    }

    [Theory]
    [InlineData("sender@example.net", "Subject: x\r\nMessage-ID: <2@example.net>\r\n\r\nbody\r\n")]
    [InlineData("other@example.net", "Subject: x\r\nMessage-ID: <1@example.net>\r\n\r\nbody\r\n")]
    [InlineData("", "Subject: x\r\nMessage-ID: <1@example.net>\r\n\r\nbody\r\n")]
    public async Task Another_message_or_another_sender_is_stored(string sender, string message)
    {
        await SendAsync("sender@example.net", "Subject: x\r\nMessage-ID: <1@example.net>\r\n\r\nbody\r\n", "alice");
        await SendAsync(sender, message, "alice");
        Assert.Equal(2, await CountAsync("alice"));
        Assert.Equal(0, _store.Engine.Counters.Repeats);
    }

    private async Task SendAsync(string sender, string message, params string[] users)
    {
        var server = new LmtpServer(
            _store.Engine, new StoreAccess(new AccessOptions { TrustedClients = { "proxy-1" } }), new LmtpServerOptions { HostName = "store.test" }, _logger, TimeProvider.System);
        await using var dialogue = await Dialogue.WithTlsAsync(server.ServeAsync, Certificates.Proxy);
        await dialogue.PlayAsync("S: 220 *\nC: LHLO proxy.test\nS: 250-*\nS: 250-*\nS: 250-*\nS: 250-*\nS: 250-*\nS: 250-*\nS: 250-*\nS: 250 *\n");
        await dialogue.PlayAsync($"C: MAIL FROM:<{sender}>\nS: 250 *\n" + string.Concat(users.Select(user => $"C: RCPT TO:<{user}@example.org>\nS: 250 *\n")) + "C: DATA\nS: 354 *");
        await dialogue.SendAsync(message + ".\r\n");
        await dialogue.PlayAsync(string.Concat(users.Select(user => $"S: 250 2.1.5 <{user}@example.org> delivered\n")) + "C: QUIT\nS: 221 *\nEND");
    }

    private async Task<int> CountAsync(string user)
    {
        await using var inbox = await _store.MailboxAsync($"{user}@example.org");
        return inbox.Snapshot.Messages.Length;
    }
}
