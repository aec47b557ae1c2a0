using System.Buffers;
using System.Net;
using System.Text;
using MailProxy.Protocols.ProxyHeader;
using MailProxy.Proxy.Accept;
using MailProxy.Proxy.Authenticate;
using MailProxy.Proxy.Tests.Rig;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.Proxy.Tests.Accept;

/// <summary>A balancer in front of a listener. Over sockets only: in memory peers have no address that could be trusted.</summary>
public abstract class ProxyHeaderSuite(RigTransport on)
{
    private static readonly IPEndPoint Client = new(IPAddress.Parse("192.0.2.7"), 52011);
    private static readonly IPEndPoint Balancer = new(IPAddress.Parse("192.0.2.5"), 143);

    public enum Form
    {
        Text,
        Binary,
    }

    [Theory]
    [InlineData(Form.Text, MailProtocol.Imap, "* OK *")]
    [InlineData(Form.Binary, MailProtocol.Imap, "* OK *")]
    [InlineData(Form.Binary, MailProtocol.Pop3, "+OK *")]
    [InlineData(Form.Text, MailProtocol.Submission, "220 *")]
    [InlineData(Form.Binary, MailProtocol.Mx, "220 *")]
    [InlineData(Form.Text, MailProtocol.Lmtp, "220 *")]
    [InlineData(Form.Binary, MailProtocol.Sieve, "\"IMPLEMENTATION\" *")]
    public async Task Every_protocol_greets_behind_the_header_and_knows_the_client(Form form, MailProtocol protocol, string greeting)
    {
        await using var rig = Rig();
        var client = await rig.ConnectAsync(protocol);
        await client.SendAsync(Header(form));
        await client.ExpectAsync(greeting);
        await client.EndAsync();
        await rig.Log.SeeAsync($"client {Client},");
    }

    [Theory]
    [InlineData(Form.Text)]
    [InlineData(Form.Binary)]
    public async Task Tls_begins_behind_the_header_even_when_both_come_together(Form form)
    {
        await using var rig = Rig();
        await using var store = await rig.StoreAsync("store-1", 143);
        var client = await rig.ConnectAsync(MailProtocol.Imap, ListenerTlsMode.Implicit);

        // The header is flushed together with the ClientHello: nothing of that may be lost, and none of it be taken for the header's.
        client.Connection.Transport.Output.Write(Octets(form));
        await client.BecomeEncryptedAsync(rig.ClientTls);
        await client.ExpectAsync("* OK *");
        await client.SendLineAsync("a LOGIN alice@example.org secret");
        await store.AcceptImapLoginAsync();
        await client.ExpectAsync("a OK *");
    }

    [Theory]
    [InlineData(Form.Text)]
    [InlineData(Form.Binary)]
    public async Task A_header_may_come_octet_by_octet(Form form)
    {
        await using var rig = Rig();
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        foreach (var octet in Header(form))
        {
            await client.SendAsync(octet.ToString());
        }

        await client.ExpectAsync("* OK *");
    }

    [Theory]
    [InlineData("a LOGIN alice@example.org secret\r\n")]
    [InlineData("PROXY TCP4 192.0.2.7 192.0.2.5 52011\r\n")]
    [InlineData("PROXY TCP4 192.0.2.7 192.0.2.5 52011 143\n* a line that makes it longer\r\n")]
    [InlineData("\r\n\r\n\0\r\nQUIT\n\u0031\u0011\0\u000c")]
    public async Task Without_a_valid_header_the_connection_is_cut_and_the_log_says_what_to_do(string sent)
    {
        await using var rig = Rig();
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.SendAsync(sent);
        await client.ExpectGoneAsync();
        await rig.Log.SeeAsync("proxy_header_missing");
        Assert.Contains(rig.Log.Entries, entry => entry.Text.Contains("configure it to send one", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_balancer_that_says_nothing_is_cut_in_time()
    {
        await using var rig = Rig();
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.SendAsync("PROXY TCP4 ");
        var gone = client.ExpectGoneAsync();
        while (!gone.IsCompleted)
        {
            rig.Time.Advance(TimeSpan.FromSeconds(1));
            await Beat.WaitAsync(5);
        }

        await gone;
        await rig.Log.SeeAsync("sent no PROXY header within 5 s");
    }

    [Fact]
    public async Task A_bare_connect_is_no_fault()
    {
        await using var rig = Rig();
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.EndAsync();
        await client.ExpectGoneAsync();
        await rig.Log.SeeAsync("ended while Accepting: ClientLeft");
        Assert.DoesNotContain(rig.Log.Entries, entry => entry.Level > Microsoft.Extensions.Logging.LogLevel.Debug);
    }

    [Theory]
    [InlineData("PROXY UNKNOWN\r\n")]
    [InlineData("PROXY UNKNOWN whatever\r\n")]
    [InlineData("\r\n\r\n\0\r\nQUIT\n\u0020\0\0\0")]
    public async Task A_balancer_that_speaks_for_itself_is_greeted_as_itself(string header)
    {
        await using var rig = Rig();
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.SendAsync(header + "a LOGOUT\r\n");
        await client.ExpectAsync("* OK *");
        await client.ExpectAsync("* BYE *");
        await rig.Log.SeeAsync("logout");
        Assert.Contains(rig.Log.Entries, entry => entry.Text.Contains("client 127.0.0.1:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_peer_outside_the_trusted_networks_is_cut_whatever_it_sends()
    {
        await using var rig = Rig();
        rig.TrustedPeers = ["192.0.2.0/24", "2001:db8::/32"];
        try
        {
            await (await rig.ConnectAsync(MailProtocol.Imap)).ExpectGoneAsync();
        }
        catch (System.Net.Sockets.SocketException)
        {
            // Cut before the dial knew that it was through.
        }

        await rig.Log.SeeAsync("peer_not_trusted");
    }

    [Fact]
    public async Task Limits_by_address_count_the_client_and_not_the_balancer()
    {
        await using var rig = Rig();
        rig.Limits.ConnectionsPerAddress = 1;
        var first = await rig.ConnectAsync(MailProtocol.Imap);
        await first.SendAsync(Header(Form.Text));
        await first.ExpectAsync("* OK *");
        var second = await rig.ConnectAgainAsync();
        await second.SendAsync("PROXY TCP4 192.0.2.8 192.0.2.5 52011 143\r\n");
        await second.ExpectAsync("* OK *");
        var third = await rig.ConnectAgainAsync();
        await third.SendAsync(Header(Form.Binary));
        await third.ExpectAsync("* BYE [LIMIT] Too many sessions.");
        await third.ExpectGoneAsync();
        await first.SendLineAsync("a LOGOUT");
        await first.ReadToTheEndAsync();
        await Eventually.TrueAsync(() => rig.Node.Limits.Networks == 1, "one client left");
        var fourth = await rig.ConnectAgainAsync();
        await fourth.SendAsync(Header(Form.Binary));
        await fourth.ExpectAsync("* OK *");
    }

    [Fact]
    public async Task Tls_that_ended_at_the_balancer_counts_and_stands_in_the_log()
    {
        await using var rig = Rig();
        rig.ClearText = ClearTextPolicy.Never;
        await using var store = await rig.StoreAsync("store-1", 143);
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        var header = new ArrayBufferWriter<byte>();
        ProxyHeaderWriter.Write(header, new ForwardedConnection { Source = Client, Destination = Balancer, Tls = new ForwardedTls { Version = "TLSv1.3", Cipher = "TLS_AES_128_GCM_SHA256" } });
        await client.SendAsync(Encoding.Latin1.GetString(header.WrittenSpan));
        Assert.DoesNotContain("STARTTLS", await client.ExpectAsync("* OK *"), StringComparison.Ordinal);
        await client.SendLineAsync("a LOGIN alice@example.org secret");
        await (await store.AcceptImapLoginAsync()).DisposeAsync();
        await client.ExpectAsync("a OK *");
        await client.EndAsync();
        await rig.Log.SeeAsync("TLS TLSv1.3 TLS_AES_128_GCM_SHA256 at 127.0.0.1");
    }

    [Fact]
    public async Task The_clients_address_stands_in_the_trace_header()
    {
        await using var rig = Rig();
        await using var store = await rig.StoreAsync("store-1", 24);
        var client = await rig.ConnectAsync(MailProtocol.Mx);
        await client.SendAsync("PROXY TCP6 2001:db8::7 2001:db8::5 52011 25\r\n");
        await client.ExpectAsync("220 *");
        await client.SendAsync("EHLO mx.example.net\r\nMAIL FROM:<me@example.net>\r\nRCPT TO:<alice@example.org>\r\n");
        var proxy = await store.AcceptLmtpAsync();
        await proxy.TakeRecipientAsync("alice@example.org");
        await client.ExpectUntilAsync("250 2.1.0 *");
        await client.ExpectAsync("250 *");
        await client.SendLineAsync("DATA");
        var data = proxy.TakeDataAsync();
        await client.ExpectAsync("354 *");
        await client.SendAsync("Subject: x\r\n\r\n.\r\n");
        Assert.Contains("Received: from mx.example.net ([IPv6:2001:db8::7])", await data);
        await proxy.SendLineAsync("250 2.0.0 OK");
        await client.ExpectAsync("250 *");
    }

    private ProxyRig Rig() => new(on) { ProxyHeader = ProxyHeaderMode.Required, TrustedPeers = ["127.0.0.0/8"] };

    private static string Header(Form form) => Encoding.Latin1.GetString(Octets(form));

    private static byte[] Octets(Form form)
    {
        if (form == Form.Text)
        {
            return Encoding.ASCII.GetBytes($"PROXY TCP4 {Client.Address} {Balancer.Address} {Client.Port} {Balancer.Port}\r\n");
        }

        var header = new ArrayBufferWriter<byte>();
        ProxyHeaderWriter.Write(header, new ForwardedConnection { Source = Client, Destination = Balancer });
        return header.WrittenSpan.ToArray();
    }
}
