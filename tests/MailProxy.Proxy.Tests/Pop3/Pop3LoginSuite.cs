using System.Text;
using MailProxy.Proxy.Tests.Rig;
using Xunit;

namespace MailProxy.Proxy.Tests.Pop3;

public abstract class Pop3LoginSuite(RigTransport on)
{
    [Fact]
    public async Task User_and_pass_then_the_store_answers()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 110);
        var client = await rig.ConnectAsync(MailProtocol.Pop3);
        await client.ExpectAsync("+OK mail.example.org ready.");
        await client.SendAsync("USER alice@example.org\r\nPASS secret\r\nSTAT\r\n");
        await client.ExpectAsync("+OK");
        var proxy = await store.AcceptPop3LoginAsync();
        await client.ExpectAsync("+OK maildrop ready");
        await proxy.ExpectAsync("STAT");
        await proxy.SendLineAsync("+OK 0 0");
        await client.ExpectAsync("+OK 0 0");
    }

    [Fact]
    public async Task A_name_is_good_for_the_next_command_only()
    {
        await using var rig = new ProxyRig(on);
        var client = await rig.ConnectAsync(MailProtocol.Pop3);
        await client.ExpectAsync("+OK *");
        await client.SendAsync("USER alice@example.org\r\nNOOP\r\nPASS secret\r\nPASS secret\r\n");
        await client.ExpectAsync("+OK");
        await client.ExpectAsync("+OK");
        await client.ExpectAsync("-ERR USER comes first.");
        await client.ExpectAsync("-ERR USER comes first.");
    }

    [Fact]
    public async Task Wrong_then_cancelled_then_right()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 110);
        var client = await rig.ConnectAsync(MailProtocol.Pop3);
        await client.ExpectAsync("+OK *");
        await client.SendLineAsync("AUTH PLAIN " + Convert.ToBase64String(Encoding.UTF8.GetBytes("\0alice@example.org\0wrong")));
        await client.ExpectAsync("-ERR [AUTH] *");
        await client.SendLineAsync("AUTH PLAIN");
        await client.ExpectAsync("+ ");
        await client.SendLineAsync("*");
        await client.ExpectAsync("-ERR *cancelled*");
        await client.SendLineAsync("AUTH PLAIN");
        await client.ExpectAsync("+ ");
        await client.SendLineAsync(Convert.ToBase64String(Encoding.UTF8.GetBytes("\0alice@example.org\0secret")));
        await store.AcceptPop3LoginAsync();
        await client.ExpectAsync("+OK *");
    }

    [Fact]
    public async Task A_locked_maildrop_is_told_in_the_stores_words()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 110);
        var client = await rig.ConnectAsync(MailProtocol.Pop3);
        await client.ExpectAsync("+OK *");
        await client.SendAsync("USER alice@example.org\r\nPASS secret\r\n");
        await client.ExpectAsync("+OK");
        var proxy = await store.AcceptOneAsync();
        await proxy.SendLineAsync("+OK store");
        await proxy.ExpectAsync("AUTH PLAIN *");
        await proxy.SendLineAsync("-ERR [IN-USE] maildrop is locked");
        await client.ExpectAsync("-ERR [IN-USE] maildrop is locked");
    }

    [Fact]
    public async Task Capabilities_follow_what_may_be_done_now()
    {
        await using var rig = new ProxyRig(on) { ClearText = Authenticate.ClearTextPolicy.Never };
        var client = await rig.ConnectAsync(MailProtocol.Pop3);
        await client.ExpectAsync("+OK *");
        await client.SendLineAsync("CAPA");
        var clear = await client.ExpectUntilAsync(".");
        Assert.Contains("STLS", clear);
        Assert.DoesNotContain("USER", clear);
        await client.SendLineAsync("USER alice@example.org");
        await client.ExpectAsync("-ERR [AUTH] *");
        await client.SendLineAsync("STLS");
        await client.ExpectAsync("+OK *");
        await client.BecomeEncryptedAsync(rig.ClientTls);
        await client.SendLineAsync("CAPA");
        var encrypted = await client.ExpectUntilAsync(".");
        Assert.DoesNotContain("STLS", encrypted);
        Assert.Contains("SASL PLAIN LOGIN", encrypted);
        await client.SendLineAsync("AUTH");
        Assert.Equal(["+OK", "PLAIN", "LOGIN", "."], await client.ExpectUntilAsync("."));
    }

    [Fact]
    public async Task Commands_in_clear_behind_stls_end_the_session()
    {
        await using var rig = new ProxyRig(on);
        var client = await rig.ConnectAsync(MailProtocol.Pop3);
        await client.ExpectAsync("+OK *");
        await client.SendAsync("STLS\r\nUSER alice@example.org\r\n");
        await client.ExpectAsync("+OK *");
        await client.ExpectAsync("-ERR *");
        await client.ExpectGoneAsync();
    }

    [Fact]
    public async Task A_line_over_255_octets_ends_the_session()
    {
        await using var rig = new ProxyRig(on);
        var client = await rig.ConnectAsync(MailProtocol.Pop3);
        await client.ExpectAsync("+OK *");
        await client.SendLineAsync("USER " + new string('x', 249));
        await client.ExpectAsync("-ERR *too long*");
        await client.ExpectGoneAsync();
    }
}
