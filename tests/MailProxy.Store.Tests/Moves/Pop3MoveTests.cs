using MailProxy.Store.Access;
using MailProxy.Store.Moves;
using MailProxy.Store.Moves.Api;
using MailProxy.Store.Pop3;
using MailProxy.Store.Tests.Pop3;
using MailProxy.Store.Tests.Serving;
using MailProxy.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using static MailProxy.Store.Tests.Engine.TestStore;

namespace MailProxy.Store.Tests.Moves;

/// <summary>What POP3 clients meet when their user is held, and when the user has left.</summary>
public sealed class Pop3MoveTests : Pop3ServerFixture
{
    private const string Auth = "C: AUTH EXTERNAL YWxpY2VAZXhhbXBsZS5vcmc=\n";

    [Fact]
    public async Task A_hold_ends_a_session_and_deletes_nothing()
    {
        await Store.DeliverAsync(First, Alice);
        await using var moves = Moves();
        await using (var dialogue = await LoggedInAsync())
        {
            await dialogue.PlayAsync("C: DELE 1\nS: +OK *");
            await moves.HoldAsync(Alice, "m-1", TimeSpan.FromSeconds(60), Stop);
            Assert.Equal(0, Store.Engine.Sessions.Count(Alice));
            await dialogue.PlayAsync("S: -ERR [SYS/TEMP] Your mail is being moved, please connect again.\nEND");
        }

        await using (var dialogue = await ConnectAsync())
        {
            await dialogue.PlayAsync($"S: +OK *\n{Auth}S: -ERR [SYS/TEMP] *");
            await moves.ReleaseAsync(Alice, "m-1", Stop);
            await dialogue.PlayAsync($"{Auth}S: +OK *\nC: STAT\nS: +OK 1 *");
        }
    }

    [Theory]
    [InlineData(110, "-ERR [REFERRAL/alice@example.org@store-2.test:110] *")]
    [InlineData(null, "-ERR [SYS/TEMP] *")]
    public async Task Logins_of_a_user_who_left_are_referred(int? port, string expected)
    {
        await using var moves = Moves();
        var hold = (await moves.HoldAsync(Alice, "m-1", TimeSpan.FromSeconds(60), Stop)).Hold!;
        await moves.FenceAsync(Alice, new FenceRequest("m-1", hold, new("store-2", "store-2.test", 143, port, 24)), Stop);
        await using var dialogue = await ConnectAsync();
        await dialogue.PlayAsync($"S: +OK *\n{Auth}S: {expected}\nC: AUTH EXTERNAL Ym9iQGV4YW1wbGUub3Jn\nS: +OK *");
    }

    [Fact]
    public async Task Every_login_is_told_with_its_user()
    {
        var logger = new RecordingLogger();
        var server = new Pop3Server(
            Store.Engine, new StoreAccess(new AccessOptions { TrustedClients = { "proxy-1" } }), new Pop3ServerOptions { HostName = "store.test" }, logger, TimeProvider.System);
        await using (var dialogue = await Dialogue.WithTlsAsync(server.ServeAsync, Certificates.Proxy))
        {
            await dialogue.PlayAsync($"S: +OK *\n{Auth}S: +OK *\nC: QUIT\nS: +OK *\nEND");
        }

        Assert.Single(logger.Entries, entry => entry.Text.StartsWith($"Login of {Alice} by pop3 ", StringComparison.Ordinal));
    }

    private StoreMoves Moves() => new(Store.Engine, new MoveOptions(), "store-1", () => new HttpClient(), NullLogger.Instance, TimeProvider.System);
}
