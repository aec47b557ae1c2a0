using MailKit.Net.Imap;
using MailKit.Security;
using MailProxy.Store.Moves;
using MailProxy.Store.Moves.Api;
using MailProxy.Store.Tests.Imap;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using static MailProxy.Store.Tests.Engine.TestStore;

namespace MailProxy.Store.Tests.Moves;

/// <summary>What IMAP clients meet when their user is held, and when the user has left.</summary>
public sealed class ImapMoveTests : IAsyncLifetime
{
    private ImapTestServer _server = null!;
    private StoreMoves _moves = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ImapTestServer.StartAsync(onSockets: true);
        _moves = new StoreMoves(_server.Engine, new MoveOptions(), "store-1", () => new HttpClient(), NullLogger.Instance, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _moves.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_hold_ends_the_users_sessions_with_a_goodbye_and_nobody_elses()
    {
        await using var idle = await _server.LogInAsync();
        await idle.OkAsync("SELECT INBOX");
        await idle.SendAsync("i IDLE\r\n");
        await idle.ReadLineAsync();
        await using var waiting = await _server.LogInAsync();
        await using var bob = await _server.LogInAsync(Bob);

        await _moves.HoldAsync(Alice, "m-1", TimeSpan.FromSeconds(60), Stop);

        // It is over when the hold is answered, not some time later.
        Assert.Equal((0, 1), (_server.Engine.Sessions.Count(Alice), _server.Engine.Sessions.Count(Bob)));
        Assert.EndsWith("* BYE [UNAVAILABLE] Your mail is being moved; please connect again.\r\n", await idle.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Equal("* BYE [UNAVAILABLE] Your mail is being moved; please connect again.\r\n", await waiting.ReadToEndAsync());
        await bob.OkAsync("SELECT INBOX");
    }

    [Fact]
    public async Task A_session_within_a_message_is_cut_and_leaves_nothing()
    {
        await using var client = await _server.LogInAsync();
        await client.SendAsync("a APPEND INBOX {100}\r\n");
        await client.ReadLineAsync();
        await client.SendAsync("half of it");
        await _moves.HoldAsync(Alice, "m-1", TimeSpan.FromSeconds(60), Stop);
        await _moves.ReleaseAsync(Alice, "m-1", Stop);
        await using var again = await _server.LogInAsync();
        Assert.Contains("* 0 EXISTS", await again.OkAsync("SELECT INBOX"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logins_of_a_held_user_fail_for_a_while_and_cost_no_attempt()
    {
        await _moves.HoldAsync(Alice, "m-1", TimeSpan.FromSeconds(60), Stop);
        await using var client = await _server.ConnectAsync();
        for (var attempt = 0; attempt < 5; attempt++)
        {
            Assert.Contains(" NO [UNAVAILABLE] ", await client.CommandAsync(Login), StringComparison.Ordinal);
        }

        await _moves.ReleaseAsync(Alice, "m-1", Stop);
        await client.OkAsync(Login);
    }

    [Theory]
    [InlineData("store-2.test", 143, "[REFERRAL imap://alice%40example.org@store-2.test:143/]")]
    [InlineData("2001:db8::1", 993, "[REFERRAL imap://alice%40example.org@[2001:db8::1]:993/]")]
    [InlineData("store-2.test", null, "[UNAVAILABLE]")]
    public async Task Logins_of_a_user_who_left_are_referred(string host, int? port, string expected)
    {
        await FenceAsync(host, port);
        await using var client = await _server.ConnectAsync();
        Assert.Contains($" NO {expected} ", await client.CommandAsync(Login), StringComparison.Ordinal);
        await using var bob = await _server.LogInAsync(Bob);
    }

    [Fact]
    public async Task MailKit_takes_a_referral_for_a_failed_login_and_can_use_the_connection_again()
    {
        await FenceAsync("store-2.test", 143);
        using var client = new ImapClient();
        var endPoint = (System.Net.IPEndPoint)_server.EndPoint;
        await client.ConnectAsync("127.0.0.1", endPoint.Port, SecureSocketOptions.None, Stop);
        await Assert.ThrowsAsync<AuthenticationException>(() => client.AuthenticateAsync(Plain(Alice), Stop));
        Assert.True(client.IsConnected);
        await client.AuthenticateAsync(Plain(Bob), Stop);
        Assert.True(client.IsAuthenticated);
    }

    private static string Login => $"LOGIN \"{Alice}*{ImapTestServer.Master}\" {ImapTestServer.Password}";

    private static SaslMechanismPlain Plain(string user) =>
        new(ImapTestServer.Master, ImapTestServer.Password) { AuthorizationId = user };

    private async Task FenceAsync(string host, int? port)
    {
        var hold = (await _moves.HoldAsync(Alice, "m-1", TimeSpan.FromSeconds(60), Stop)).Hold!;
        await _moves.FenceAsync(Alice, new FenceRequest("m-1", hold, new("store-2", host, port, 110, 24)), Stop);
    }
}
