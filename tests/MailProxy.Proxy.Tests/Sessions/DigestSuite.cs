using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using MailProxy.Proxy.Accept;
using MailProxy.Proxy.Authenticate;
using MailProxy.Proxy.Tests.Rig;
using Xunit;

namespace MailProxy.Proxy.Tests.Sessions;

[SuppressMessage("Security", "CA5351", Justification = "The protocols are of MD5.")]
public abstract class DigestSuite(RigTransport on)
{
    [Fact]
    public async Task Apop_answers_the_greeting()
    {
        await using var rig = new ProxyRig(on) { Mechanisms = new SaslMechanisms(["PLAIN", "CRAM-MD5", "APOP"]) };
        await using var store = await rig.StoreAsync("store-1", 110);
        var client = await rig.ConnectAsync(MailProtocol.Pop3);
        var greeting = await client.ExpectAsync("+OK mail.example.org ready. <*@mail.example.org>");
        await client.SendLineAsync("CAPA");
        await client.ExpectUntilAsync("SASL PLAIN CRAM-MD5");
        await client.ExpectUntilAsync(".");
        var banner = greeting[greeting.IndexOf('<', StringComparison.Ordinal)..];
        await client.SendLineAsync($"APOP alice@example.org {Md5(banner + "wrong")}");
        await client.ExpectAsync("-ERR [AUTH] *");
        await client.SendLineAsync("APOP alice@example.org 12");
        await client.ExpectAsync("-ERR APOP takes *");
        await client.SendLineAsync($"APOP alice@example.org {Md5(banner + "secret")}");
        await store.AcceptPop3LoginAsync();
        await client.ExpectAsync("+OK *");
    }

    [Fact]
    public async Task Cram_md5_answers_a_challenge_that_is_another_each_time()
    {
        await using var rig = new ProxyRig(on) { Mechanisms = new SaslMechanisms(["CRAM-MD5"]) };
        await using var store = await rig.StoreAsync("store-1", 143);
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.ExpectAsync("* OK *AUTH=CRAM-MD5]*");
        await client.SendLineAsync("a AUTHENTICATE CRAM-MD5");
        var heard = await client.ExpectAsync("+ *");
        var answer = Answer(heard, "secret");
        await client.SendLineAsync("*");
        await client.ExpectAsync("a BAD *");
        await client.SendLineAsync("b AUTHENTICATE CRAM-MD5");
        Assert.NotEqual(heard, await client.ExpectAsync("+ *"));
        await client.SendLineAsync(answer);
        await client.ExpectAsync("b NO [AUTHENTICATIONFAILED] *");
        await client.SendLineAsync("c AUTHENTICATE CRAM-MD5");
        await client.SendLineAsync(Answer(await client.ExpectAsync("+ *"), "secret"));
        await store.AcceptImapLoginAsync();
        await client.ExpectAsync("c OK *");
    }

    [Fact]
    public async Task Neither_is_known_unless_it_is_listed()
    {
        await using var rig = new ProxyRig(on);
        var client = await rig.ConnectAsync(MailProtocol.Pop3);
        await client.ExpectAsync("+OK mail.example.org ready.");
        await client.SendLineAsync($"APOP alice@example.org {Md5("secret")}");
        await client.ExpectAsync("-ERR Unknown command*");
        await client.SendLineAsync("AUTH CRAM-MD5");
        await client.ExpectAsync("-ERR [SYS/PERM] *");
    }

    private static string Answer(string challenge, string password) => Convert.ToBase64String(Encoding.ASCII.GetBytes(
        "alice@example.org " + Convert.ToHexStringLower(HMACMD5.HashData(Encoding.ASCII.GetBytes(password), Convert.FromBase64String(challenge[2..])))));

    private static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.ASCII.GetBytes(text)));
}
