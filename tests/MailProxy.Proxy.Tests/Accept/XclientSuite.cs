using System.Globalization;
using MailProxy.Proxy.Authenticate;
using MailProxy.Proxy.Tests.Rig;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.Proxy.Tests.Accept;

/// <summary>Another proxy in front of a listener, which names its client in the protocol's words. Over sockets only: in memory peers have no address that could be trusted.</summary>
public abstract class XclientSuite(RigTransport on)
{
    private const string Said = "ADDR=192.0.2.7 PORT=52011 SESSION=front TTL=4";

    [Theory]
    [InlineData(MailProtocol.Submission, "EHLO front.example.org")]
    [InlineData(MailProtocol.Mx, "EHLO front.example.org")]
    [InlineData(MailProtocol.Lmtp, "LHLO front.example.org")]
    public async Task Smtp_offers_it_begins_again_behind_it_and_knows_the_client(MailProtocol protocol, string hello)
    {
        await using var rig = Trusting();
        var client = await rig.ConnectAsync(protocol);
        await client.ExpectAsync("220 *");
        await client.SendLineAsync(hello);
        Assert.Contains("XCLIENT NAME ADDR PORT PROTO HELO DESTADDR DESTPORT SESSION TTL", (await client.ExpectUntilAsync("250 *")).Select(line => line[4..]));
        await client.SendLineAsync($"XCLIENT {Said} NAME=laptop.example.net HELO=laptop PROTO=ESMTP DESTADDR=IPV6:2001:db8::5 DESTPORT=25 LOGIN=mallory");
        await client.ExpectAsync(protocol == MailProtocol.Lmtp ? "220 mail.example.org LMTP" : "220 mail.example.org ESMTP");
        await client.SendLineAsync(protocol == MailProtocol.Submission ? "AUTH PLAIN AA==" : "MAIL FROM:<>");
        await client.ExpectAsync("503 5.5.1 *");
        await client.SendLineAsync("QUIT");
        await client.ReadToTheEndAsync();
        await rig.Log.SeeAsync("client 192.0.2.7:52011, user -");
        await rig.Log.SeeAsync("speaks for 192.0.2.7:52011, its session front, TTL 4");
    }

    [Fact]
    public async Task What_the_client_called_itself_stands_in_the_trace_header()
    {
        await using var rig = Trusting();
        await using var store = await rig.StoreAsync("store-1", 24);
        var client = await rig.ConnectAsync(MailProtocol.Mx);
        await client.SendAsync($"XCLIENT {Said} HELO=mx.example.net\r\nEHLO front.example.org\r\nMAIL FROM:<me@example.net>\r\n");
        await client.ExpectUntilAsync("250 2.1.0 *");
        await client.SendLineAsync("RCPT TO:<alice@example.org>");
        var proxy = await store.AcceptLmtpAsync();
        await proxy.TakeRecipientAsync("alice@example.org");
        await client.ExpectAsync("250 *");
        await client.SendLineAsync("XCLIENT ADDR=192.0.2.8");
        await client.ExpectAsync("503 5.5.1 *");
        await client.SendLineAsync("DATA");
        var data = proxy.TakeDataAsync();
        await client.ExpectAsync("354 *");
        await client.SendAsync("Subject: x\r\n\r\n.\r\n");
        Assert.Contains("Received: from mx.example.net ([192.0.2.7])", await data);
        await proxy.SendLineAsync("250 2.0.0 OK");
        await client.ExpectAsync("250 *");
    }

    [Fact]
    public async Task Imap_hears_it_by_id_and_hands_on_one_less_than_it_heard()
    {
        await using var rig = Trusting();
        rig.Router.AddStore("store-1", MailProxy.Routing.Catalog.StoreTlsMode.StartTls);
        await using var store = await rig.StoreAsync("store-1", 143);
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.ExpectAsync("* OK *");
        await client.SendLineAsync("i ID (\"name\" \"front\" \"x-originating-ip\" \"192.0.2.7\" \"x-originating-port\" \"52011\" \"x-connected-ip\" \"192.0.2.5\" \"x-connected-port\" \"993\" \"x-session-id\" \"front\" \"x-proxy-ttl\" \"4\" \"vendor\" NIL)");
        await client.ExpectUntilAsync("i OK *");
        await client.SendLineAsync("a LOGIN alice@example.org secret");
        var proxy = await store.AcceptOneAsync();
        await proxy.SendLineAsync("* OK [CAPABILITY IMAP4rev1 STARTTLS] store");
        var tag = (await proxy.ExpectAsync("* STARTTLS")).Split(' ')[0];
        await proxy.SendLineAsync($"{tag} OK go");
        Assert.Equal(Transport.Tls.TlsOutcome.Done, await proxy.Connection.Features.Get<Transport.Tls.ITlsFeature>()!.BecomeServerAsync(rig.StoreTls("store-1"), CancellationToken.None));
        tag = (await proxy.ExpectAsync("* CAPABILITY")).Split(' ')[0];
        await proxy.SendAsync($"* CAPABILITY IMAP4rev1 ID SASL-IR AUTH=PLAIN\r\n{tag} OK\r\n");
        Assert.EndsWith("\"x-proxy-ttl\" \"3\")", await proxy.ExpectAsync("I ID (\"x-originating-ip\" \"192.0.2.7\" \"x-originating-port\" \"52011\" \"x-connected-ip\" \"192.0.2.5\" \"x-connected-port\" \"993\" *"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pop3_offers_it_in_greeting_and_capa()
    {
        await using var rig = Trusting();
        var client = await rig.ConnectAsync(MailProtocol.Pop3);
        await client.ExpectAsync("+OK [XCLIENT] mail.example.org ready.");
        await client.SendLineAsync("CAPA");
        Assert.Contains("XCLIENT", await client.ExpectUntilAsync("."));
        await client.SendLineAsync($"XCLIENT {Said}");
        await client.ExpectAsync("+OK Updated.");
        await client.SendLineAsync("QUIT");
        await client.ReadToTheEndAsync();
        await rig.Log.SeeAsync("client 192.0.2.7:52011, user -");
    }

    // The next client must not get the login of the one before.
    [Fact]
    public async Task After_a_login_nobody_else_is_named()
    {
        await using var rig = Trusting();
        var client = await rig.ConnectAsync(MailProtocol.Submission);
        await client.ExpectAsync("220 *");
        await client.SendLineAsync("EHLO front.example.org");
        await client.ExpectUntilAsync("250 *");
        await client.SendLineAsync("AUTH PLAIN " + Convert.ToBase64String("\0alice@example.org\0secret"u8));
        await client.ExpectAsync("235 *");
        await client.SendLineAsync("EHLO front.example.org");
        Assert.DoesNotContain(await client.ExpectUntilAsync("250 *"), line => line.Contains("XCLIENT", StringComparison.Ordinal));
        await client.SendLineAsync("XCLIENT ADDR=192.0.2.8");
        await client.ExpectAsync("503 5.5.1 *");
    }

    [Fact]
    public async Task Managesieve_offers_it_among_its_capabilities()
    {
        await using var rig = Trusting();
        var client = await rig.ConnectAsync(MailProtocol.Sieve);
        Assert.Contains("\"XCLIENT\" \"ADDR PORT DESTADDR DESTPORT SESSION TTL\"", await client.ExpectUntilAsync("OK *"));
        await client.SendLineAsync($"XCLIENT {Said}");
        await client.ExpectAsync("OK \"Updated.\"");
        await client.SendLineAsync("XCLIENT \"ADDR=192.0.2.8\"");
        await client.ExpectAsync("NO *");
        await client.SendLineAsync("LOGOUT");
        await client.ReadToTheEndAsync();
        await rig.Log.SeeAsync("client 192.0.2.7:52011, user -");
    }

    [Theory]
    [InlineData(MailProtocol.Imap, "x ID (\"x-proxy-ttl\" \"{0}\")", "* BYE [UNAVAILABLE] This session goes round in circles between proxies.")]
    [InlineData(MailProtocol.Pop3, "XCLIENT TTL={0}", "-ERR [SYS/TEMP] This session goes round in circles between proxies.")]
    [InlineData(MailProtocol.Submission, "XCLIENT TTL={0}", "421 4.4.6 This session goes round in circles between proxies.")]
    [InlineData(MailProtocol.Mx, "XCLIENT TTL={0}", "421 4.4.6 This session goes round in circles between proxies.")]
    [InlineData(MailProtocol.Lmtp, "XCLIENT TTL={0}", "421 4.4.6 This session goes round in circles between proxies.")]
    [InlineData(MailProtocol.Sieve, "XCLIENT TTL={0}", "BYE (TRYLATER) \"This session goes round in circles between proxies.\"")]
    public async Task A_time_to_live_that_is_used_up_is_a_loop(MailProtocol protocol, string command, string farewell)
    {
        await using var rig = Trusting();
        for (var ttl = 0; ttl < 2; ttl++)
        {
            var client = await rig.ConnectAsync(protocol);
            await client.SendLineAsync(string.Format(CultureInfo.InvariantCulture, command, ttl));
            await client.ExpectUntilAsync(farewell);
            await client.ExpectGoneAsync();
            await rig.Log.SeeAsync($"with TTL {ttl}: proxies point at each other");
        }

        var well = await rig.ConnectAsync(protocol);
        await well.SendLineAsync(string.Format(CultureInfo.InvariantCulture, command, 2));
        await well.ExpectUntilAsync(protocol switch { MailProtocol.Imap => "x OK *", MailProtocol.Pop3 => "+OK Updated.", MailProtocol.Sieve => "OK \"Updated.\"", _ => "220 *" });
    }

    [Theory]
    [InlineData(MailProtocol.Imap, "x ID (\"x-originating-ip\" \"192.0.2.7\")", "x OK *")]
    [InlineData(MailProtocol.Imap, "x ID (\"x-proxy-ttl\" \"1\")", "x OK *")]
    [InlineData(MailProtocol.Pop3, "XCLIENT ADDR=192.0.2.7", "-ERR Not from this address.")]
    [InlineData(MailProtocol.Submission, "XCLIENT ADDR=192.0.2.7", "550 5.7.0 Not from this address.")]
    [InlineData(MailProtocol.Mx, "XCLIENT ADDR=192.0.2.7", "550 5.7.0 Not from this address.")]
    [InlineData(MailProtocol.Lmtp, "XCLIENT ADDR=192.0.2.7", "550 5.7.0 Not from this address.")]
    [InlineData(MailProtocol.Sieve, "XCLIENT ADDR=192.0.2.7", "NO \"Not from this address.\"")]
    public async Task From_anybody_else_it_is_neither_offered_nor_believed(MailProtocol protocol, string command, string answer)
    {
        await using var rig = new ProxyRig(on) { TrustedPeers = ["192.0.2.0/24"] };
        var client = await rig.ConnectAsync(protocol);
        await client.SendLineAsync(protocol switch { MailProtocol.Imap => "a CAPABILITY", MailProtocol.Pop3 => "CAPA", MailProtocol.Sieve => "CAPABILITY", MailProtocol.Lmtp => "LHLO x", _ => "EHLO x" });
        await client.SendLineAsync(command);
        var heard = await client.ExpectUntilAsync(answer);
        Assert.DoesNotContain(heard, line => line.Contains("XCLIENT", StringComparison.Ordinal));
        await client.EndAsync();
        await client.ReadToTheEndAsync();
        Assert.Contains("client 127.0.0.1:", await rig.Log.SeeAsync(" ended while "), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MailProtocol.Mx, "XCLIENT", "501 5.5.4 *")]
    [InlineData(MailProtocol.Mx, "XCLIENT ADDR=nonsense", "501 5.5.4 *")]
    [InlineData(MailProtocol.Mx, "XCLIENT HELO=a+0D+0Ab", "501 5.5.4 *")]
    [InlineData(MailProtocol.Mx, "XCLIENT HELO=a(b)", "501 5.5.4 *")]
    [InlineData(MailProtocol.Submission, "XCLIENT ADDR=1", "501 5.5.4 *")]
    [InlineData(MailProtocol.Pop3, "XCLIENT PORT=65536", "-ERR *")]
    [InlineData(MailProtocol.Sieve, "XCLIENT (", "NO *")]
    [InlineData(MailProtocol.Imap, "x ID (\"x-originating-ip\" \"192.0.2\")", "x BAD *")]
    [InlineData(MailProtocol.Imap, "x ID (\"x-originating-ip\"", "x BAD *")]
    [InlineData(MailProtocol.Imap, "x ID (\"x-proxy-ttl\" \"4\" \"X-Proxy-TTL\" \"5\")", "x BAD *")]
    [InlineData(MailProtocol.Imap, "x ID NIL", "x OK *")]
    [InlineData(MailProtocol.Imap, "x ID (\"name\" \"Thunderbird\")", "x OK *")]
    public async Task What_is_malformed_changes_nothing(MailProtocol protocol, string command, string answer)
    {
        await using var rig = Trusting();
        var client = await rig.ConnectAsync(protocol);
        await client.SendLineAsync(command);
        await client.ExpectUntilAsync(answer);
        await client.EndAsync();
        await client.ReadToTheEndAsync();
        Assert.Contains("client 127.0.0.1:", await rig.Log.SeeAsync(" ended while "), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_comes_through_a_trusted_proxy_counts_by_its_own_address_and_is_not_on_loopback()
    {
        await using var rig = Trusting();
        rig.ClearText = ClearTextPolicy.Loopback;
        rig.Limits.ConnectionsPerAddress = 1;
        var client = await rig.ConnectAsync(MailProtocol.Pop3);
        await client.SendLineAsync($"XCLIENT {Said}");
        await client.ExpectUntilAsync("+OK Updated.");
        await client.SendLineAsync("USER alice@example.org");
        await client.ExpectAsync("-ERR [AUTH] Start TLS first.");
        var second = await rig.ConnectAgainAsync();
        await second.SendLineAsync($"XCLIENT {Said}");
        await second.ExpectUntilAsync("-ERR [IN-USE] Too many sessions.");
        await second.ExpectGoneAsync();
    }

    private ProxyRig Trusting() => new(on) { TrustedPeers = ["127.0.0.1"] };
}
