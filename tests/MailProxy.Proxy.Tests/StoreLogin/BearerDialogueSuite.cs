using System.Collections.Frozen;
using System.Text;
using MailProxy.Directory;
using MailProxy.Protocols;
using MailProxy.Protocols.Sasl;
using MailProxy.Proxy.Connect;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Imap;
using MailProxy.Proxy.Pop3;
using MailProxy.Proxy.Smtp;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Proxy.Tests.Rig;
using MailProxy.Proxy.Wire;
using MailProxy.Routing.Catalog;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.Proxy.Tests.StoreLogin;

/// <summary>OAUTHBEARER and XOAUTH2 on the store leg, in each protocol: what fits on the command's line, what waits, and how a refusal ends.</summary>
public abstract class BearerDialogueSuite(RigTransport on)
{
    private const string Error = "{\"status\":\"invalid_token\",\"scope\":\"mail\"}";

    private static readonly string ErrorChallenge = Convert.ToBase64String(Encoding.ASCII.GetBytes(Error));
    private static readonly string LongToken = new('t', 8_192);

    private static int _stores;

    [Fact]
    public async Task Imap_says_a_short_token_on_the_commands_line()
    {
        await using var rig = new ProxyRig(on);
        var (welcome, store) = await ImapAsync(rig, "SASL-IR AUTH=PLAIN AUTH=XOAUTH2 AUTH=OAUTHBEARER", "tok");
        AssertOAuthBearer((await store.ExpectAsync("L AUTHENTICATE OAUTHBEARER *")).Split(' ')[3], "tok");
        await store.SendLineAsync("L OK [CAPABILITY IMAP4rev1] in");
        Assert.Equal("IMAP4rev1", (await welcome).Value?.Capabilities);
    }

    [Theory]
    [InlineData("AUTH=OAUTHBEARER", "tok")]
    [InlineData("SASL-IR AUTH=OAUTHBEARER", null)]
    public async Task Imap_waits_for_the_continuation_without_sasl_ir_or_with_a_long_token(string offers, string? token)
    {
        await using var rig = new ProxyRig(on);
        var (welcome, store) = await ImapAsync(rig, offers, token ?? LongToken);
        await store.ExpectAsync("L AUTHENTICATE OAUTHBEARER");
        await store.SendLineAsync("+ ");
        AssertOAuthBearer((await store.ReadLineAsync())!, token ?? LongToken);
        await store.SendLineAsync("L OK [CAPABILITY IMAP4rev1] in");
        Assert.True((await welcome).IsDone);
    }

    [Theory]
    [InlineData("AUTH=OAUTHBEARER", "AQ==")]
    [InlineData("AUTH=XOAUTH2", "")]
    public async Task Imap_lets_a_store_end_its_refusal(string offer, string answer)
    {
        await using var rig = new ProxyRig(on);
        var (welcome, store) = await ImapAsync(rig, "SASL-IR " + offer, "tok");
        await store.ExpectAsync("L AUTHENTICATE *");
        await store.SendLineAsync("+ " + ErrorChallenge);
        Assert.Equal(answer, await store.ReadLineAsync());
        await store.SendLineAsync("L NO [AUTHENTICATIONFAILED] no");
        AssertRefused(await welcome, "(invalid_token)");
    }

    [Fact]
    public async Task Imap_takes_xoauth2_where_there_is_only_that()
    {
        await using var rig = new ProxyRig(on);
        var (welcome, store) = await ImapAsync(rig, "SASL-IR AUTH=PLAIN AUTH=XOAUTH2", "tok");
        AssertXOAuth2((await store.ExpectAsync("L AUTHENTICATE XOAUTH2 *")).Split(' ')[3], "tok");
        await store.SendLineAsync("L OK [CAPABILITY IMAP4rev1] in");
        Assert.True((await welcome).IsDone);
    }

    [Fact]
    public async Task A_store_without_either_mechanism_is_not_told_the_token()
    {
        await using var rig = new ProxyRig(on);
        AssertRefused(await (await ImapAsync(rig, "SASL-IR AUTH=PLAIN AUTH=LOGIN", "tok")).Welcome, "offers neither OAUTHBEARER nor XOAUTH2");
        var (pop3, store) = await StartAsync(rig, new Pop3StoreDialogue(false), StoreLoginMethod.Bearer, "tok", "+OK ready");
        await store.ExpectAsync("CAPA");
        await store.SendAsync("+OK\r\nUSER\r\nSASL PLAIN\r\n.\r\n");
        AssertRefused(await pop3, "offers neither OAUTHBEARER nor XOAUTH2");
        var (smtp, _) = await SmtpAsync(rig, "AUTH PLAIN LOGIN", "tok");
        AssertRefused(await smtp, "offers neither OAUTHBEARER nor XOAUTH2");
    }

    [Fact]
    public async Task Our_own_token_goes_by_oauthbearer_only()
    {
        await using var rig = new ProxyRig(on);
        var (welcome, _) = await StartAsync(rig, new ImapStoreDialogue(false), StoreLoginMethod.Token, "tok", "* OK [CAPABILITY IMAP4rev1 AUTH=XOAUTH2 AUTH=PLAIN] store");
        AssertRefused(await welcome, "does not offer AUTH=OAUTHBEARER");
    }

    [Theory]
    [InlineData("SASL PLAIN OAUTHBEARER XOAUTH2", "OAUTHBEARER")]
    [InlineData("sasl xoauth2", "XOAUTH2")]
    public async Task Pop3_asks_what_is_offered(string offer, string mechanism)
    {
        await using var rig = new ProxyRig(on);
        var (welcome, store) = await Pop3Async(rig, offer, "tok");
        var message = (await store.ExpectAsync($"AUTH {mechanism} *")).Split(' ')[2];
        await store.SendLineAsync("+OK in");
        Assert.True((await welcome).IsDone);
        if (mechanism == "OAUTHBEARER")
        {
            AssertOAuthBearer(message, "tok");
        }
        else
        {
            AssertXOAuth2(message, "tok");
        }
    }

    [Fact]
    public async Task Pop3_waits_for_the_continuation_with_a_token_that_the_line_cannot_hold()
    {
        await using var rig = new ProxyRig(on);
        var (welcome, store) = await Pop3Async(rig, "SASL OAUTHBEARER", LongToken);
        await store.ExpectAsync("AUTH OAUTHBEARER");
        await store.SendLineAsync("+ ");
        var message = (await store.ReadLineAsync())!;
        Assert.True(message.Length + 2 <= 12_288);
        AssertOAuthBearer(message, LongToken);
        await store.SendLineAsync("+OK in");
        Assert.True((await welcome).IsDone);
    }

    [Fact]
    public async Task Pop3_lets_a_store_end_its_refusal()
    {
        await using var rig = new ProxyRig(on);
        var (welcome, store) = await Pop3Async(rig, "SASL OAUTHBEARER", "tok");
        await store.ExpectAsync("AUTH OAUTHBEARER *");
        await store.SendLineAsync("+ " + ErrorChallenge);
        await store.ExpectAsync("AQ==");
        await store.SendLineAsync("-ERR [AUTH] no");
        AssertRefused(await welcome, "(invalid_token)");
    }

    [Fact]
    public async Task Pop3_does_not_wait_for_a_store_that_asks_for_ever()
    {
        await using var rig = new ProxyRig(on);
        var (welcome, store) = await Pop3Async(rig, "SASL OAUTHBEARER", "tok");
        await store.ExpectAsync("AUTH OAUTHBEARER *");
        await store.SendAsync("+ \r\n+ \r\n+ \r\n");
        Assert.Equal(ProxyFailure.StoreProtocolError, (await welcome).Failure);
    }

    [Fact]
    public async Task Submission_says_a_short_token_on_the_commands_line()
    {
        await using var rig = new ProxyRig(on);
        var (welcome, store) = await SmtpAsync(rig, "AUTH PLAIN OAUTHBEARER XOAUTH2", "tok");
        AssertOAuthBearer((await store.ExpectAsync("AUTH OAUTHBEARER *")).Split(' ')[2], "tok");
        await store.SendLineAsync("235 2.7.0 in");
        Assert.True((await welcome).IsDone);
    }

    [Fact]
    public async Task Submission_waits_for_334_with_a_token_that_the_line_cannot_hold()
    {
        await using var rig = new ProxyRig(on);
        var (welcome, store) = await SmtpAsync(rig, "AUTH XOAUTH2", LongToken);
        await store.ExpectAsync("AUTH XOAUTH2");
        await store.SendLineAsync("334 ");
        AssertXOAuth2((await store.ReadLineAsync())!, LongToken);
        await store.SendLineAsync("235 2.7.0 in");
        Assert.True((await welcome).IsDone);
    }

    [Theory]
    [InlineData("AUTH OAUTHBEARER", "AQ==")]
    [InlineData("AUTH XOAUTH2", "")]
    public async Task Submission_lets_a_store_end_its_refusal(string offer, string answer)
    {
        await using var rig = new ProxyRig(on);
        var (welcome, store) = await SmtpAsync(rig, offer, "tok");
        await store.ExpectAsync("AUTH *");
        await store.SendLineAsync("334 " + ErrorChallenge);
        Assert.Equal(answer, await store.ReadLineAsync());
        await store.SendLineAsync("535 5.7.8 no");
        AssertRefused(await welcome, "(invalid_token)");
    }

    [Theory]
    [InlineData("bm90IGpzb24=")]
    [InlineData("!!!!")]
    [InlineData("W10=")]
    [InlineData("eyJzdGF0dXMiOiJhXHJcbmIifQ==")]
    public async Task Whatever_stands_in_the_error_the_verdict_counts(string challenge)
    {
        await using var rig = new ProxyRig(on);
        var (welcome, store) = await SmtpAsync(rig, "AUTH OAUTHBEARER", "tok");
        await store.ExpectAsync("AUTH *");
        await store.SendLineAsync("334 " + challenge);
        await store.ExpectAsync("AQ==");
        await store.SendLineAsync("535 5.7.8 no");
        var outcome = await welcome;
        Assert.Equal((ProxyFailure.StoreRefusedLogin, "AUTH: 535 5.7.8 no"), (outcome.Failure, outcome.Detail));
    }

    private static Task<(Task<Outcome<StoreWelcome>> Welcome, DialogueClient Store)> ImapAsync(ProxyRig rig, string offers, string token) =>
        StartAsync(rig, new ImapStoreDialogue(false), StoreLoginMethod.Bearer, token, $"* OK [CAPABILITY IMAP4rev1 {offers}] store");

    private static async Task<(Task<Outcome<StoreWelcome>> Welcome, DialogueClient Store)> Pop3Async(ProxyRig rig, string offer, string token)
    {
        var leg = await StartAsync(rig, new Pop3StoreDialogue(false), StoreLoginMethod.Bearer, token, "+OK ready");
        await leg.Store.ExpectAsync("CAPA");
        await leg.Store.SendAsync($"+OK\r\nUIDL\r\n{offer}\r\n.\r\n");
        return leg;
    }

    private static async Task<(Task<Outcome<StoreWelcome>> Welcome, DialogueClient Store)> SmtpAsync(ProxyRig rig, string offer, string token)
    {
        var leg = await StartAsync(rig, new SmtpStoreDialogue(false), StoreLoginMethod.Bearer, token, "220 store");
        await leg.Store.ExpectAsync("EHLO mail.example.org");
        await leg.Store.SendAsync($"250-store\r\n250 {offer}\r\n");
        return leg;
    }

    private static async Task<(Task<Outcome<StoreWelcome>> Welcome, DialogueClient Store)> StartAsync(
        ProxyRig rig, IStoreDialogue dialogue, StoreLoginMethod method, string token, string greeting)
    {
        var listener = await rig.StoreAsync("store-1", 100 + Interlocked.Increment(ref _stores));
        var wire = new MailWire(await rig.Transport.ConnectAsync(listener.EndPoint, CancellationToken.None));
        var node = new StoreNode("store-1", "store-1.example.org", FrozenDictionary<StoreService, int>.Empty, StoreTlsMode.None, null, StoreState.Online);
        var leg = new StoreLeg(
            node, "alice@example.org", method, null, new Secret(Encoding.ASCII.GetBytes(token)), null, "s1", null, null, 5, "mail.example.org");
        var welcome = dialogue.LogInAsync(wire, leg, CancellationToken.None).AsTask();
        var store = await listener.AcceptOneAsync();
        await store.SendLineAsync(greeting);
        return (welcome, store);
    }

    private static void AssertOAuthBearer(string message, string token)
    {
        Assert.Equal(ReadStatus.Done, SaslOAuthBearer.TryParse(Convert.FromBase64String(message), out var bearer));
        Assert.Equal(("alice@example.org", token), (bearer!.AuthorizationId, Encoding.ASCII.GetString(bearer.Token)));
    }

    private static void AssertXOAuth2(string message, string token)
    {
        Assert.Equal(ReadStatus.Done, SaslXOAuth2.TryParse(Convert.FromBase64String(message), out var bearer));
        Assert.Equal(("alice@example.org", token), (bearer!.User, Encoding.ASCII.GetString(bearer.Token)));
    }

    private static void AssertRefused(Outcome<StoreWelcome> outcome, string why)
    {
        Assert.Equal(ProxyFailure.StoreRefusedLogin, outcome.Failure);
        Assert.Contains(why, outcome.Detail, StringComparison.Ordinal);
    }
}
