using MailProxy.Store.Access;
using MailProxy.Store.Lmtp;
using MailProxy.Store.Moves.Api;
using MailProxy.Store.Tests.Lmtp;
using MailProxy.Store.Tests.Serving;
using MailProxy.Testing;
using Xunit;
using static MailProxy.Store.Tests.Engine.TestStore;

namespace MailProxy.Store.Tests.Moves;

/// <summary>What deliveries meet when a recipient is held, and when the recipient has left.</summary>
public sealed class LmtpMoveTests : LmtpServerFixture
{
    private const string ToBob = "C: RCPT TO:<bob@example.org>\nS: 250 *\n";

    [Fact]
    public async Task A_held_recipient_is_put_off_and_the_others_have_their_mail()
    {
        await HoldAsync();
        await using var dialogue = await GreetedAsync();
        await dialogue.PlayAsync($"""
            C: MAIL FROM:<sender@example.net>
            S: 250 *
            C: RCPT TO:<alice@example.org>
            S: 450 4.2.1 *
            {ToBob}C: DATA
            S: 354 *
            C: x
            C: .
            S: 250 2.1.5 <bob@example.org> delivered
            """);
        Assert.Single(await InboxAsync(Bob));
        await Store.Engine.Moves.ReleaseAsync(Alice, "m-1", Stop);
        Assert.Empty(await InboxAsync(Alice));
    }

    [Fact]
    public async Task A_hold_between_RCPT_and_the_dot_puts_off_that_recipient_alone()
    {
        await using var dialogue = await GreetedAsync();
        await dialogue.PlayAsync($"{ToAlice}{ToBob}C: DATA\nS: 354 *\nC: x");
        await HoldAsync();
        await dialogue.PlayAsync("C: .\nS: 450 4.2.1 *\nS: 250 2.1.5 <bob@example.org> delivered");
        Assert.Single(await InboxAsync(Bob));
        await Store.Engine.Moves.ReleaseAsync(Alice, "m-1", Stop);
        Assert.Empty(await InboxAsync(Alice));
    }

    [Theory]
    [InlineData("store-2.test", 24, "550 5.2.900 <alice@example.org@store-2.test:24>")]
    [InlineData("192.0.2.1", 2424, "550 5.2.900 <alice@example.org@192.0.2.1:2424>")]
    [InlineData("store-2.test", null, "450 4.2.1 *")]
    public async Task Recipients_who_left_are_referred_and_later_ones_put_off(string host, int? port, string expected)
    {
        await using var dialogue = await GreetedAsync();
        await dialogue.PlayAsync($"{ToAlice}C: DATA\nS: 354 *\nC: x");
        var hold = await HoldAsync();
        await Store.Engine.Moves.FenceAsync(Alice, new FenceRequest("m-1", hold, new("store-2", host, 143, 110, port)), Stop);

        // Behind the dot a permanent failure would come back to the sender.
        await dialogue.PlayAsync("C: .\nS: 450 4.2.1 *");
        await dialogue.PlayAsync($"C: MAIL FROM:<sender@example.net>\nS: 250 *\nC: RCPT TO:<Alice@example.org>\nS: {expected}");
    }

    [Fact]
    public async Task Every_delivery_is_told_with_its_user()
    {
        var logger = new RecordingLogger();
        var server = new LmtpServer(
            Store.Engine, new StoreAccess(new AccessOptions { TrustedClients = { "proxy-1" } }), new LmtpServerOptions { HostName = "store.test" }, logger, TimeProvider.System);
        await using (var dialogue = await Dialogue.WithTlsAsync(server.ServeAsync, Certificates.Proxy))
        {
            await dialogue.PlayAsync("S: 220 *\nC: LHLO proxy.test");
            while (await dialogue.ReadLineAsync() is { } line && line[3] == '-')
            {
                // The list of extensions.
            }

            await HoldAsync();
            await dialogue.PlayAsync($"C: MAIL FROM:<sender@example.net>\nS: 250 *\nC: RCPT TO:<alice@example.org>\nS: 450 *\n{ToBob}C: DATA\nS: 354 *\nC: x\nC: .\nS: 250 *");
        }

        Assert.Single(logger.Entries, entry => entry.Text.StartsWith($"Delivery to {Bob} ", StringComparison.Ordinal));
        Assert.DoesNotContain(logger.Entries, entry => entry.Text.StartsWith($"Delivery to {Alice} ", StringComparison.Ordinal));
    }

    private async Task<string> HoldAsync()
    {
        await Store.Engine.Moves.HoldAsync(Alice, "m-1", TimeSpan.FromSeconds(60), Stop);
        return Store.Engine.Moves.Get(Alice, "store-1").Hold!;
    }
}
