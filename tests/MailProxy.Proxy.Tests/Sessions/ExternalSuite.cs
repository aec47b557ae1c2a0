using System.Security.Cryptography.X509Certificates;
using System.Text;
using MailProxy.Proxy.Accept;
using MailProxy.Proxy.Authenticate;
using MailProxy.Proxy.Tests.Rig;
using MailProxy.Testing;
using MailProxy.Transport.Tls;
using Xunit;

namespace MailProxy.Proxy.Tests.Sessions;

public abstract class ExternalSuite(RigTransport on)
{
    private readonly TestAuthority _users = new();

    [Theory]
    [InlineData("=")]
    [InlineData("YWxpY2VAZXhhbXBsZS5vcmc=")]
    public async Task The_certificate_says_who_the_user_is(string authorization)
    {
        await using var rig = NewRig();
        await using var store = await rig.StoreAsync("store-1", 143);
        var client = await ConnectAsync(rig, CertificateOf("alice@example.org"));
        await client.ExpectAsync("* OK *AUTH=EXTERNAL AUTH=PLAIN]*");
        await client.SendLineAsync($"a AUTHENTICATE EXTERNAL {authorization}");
        await store.AcceptImapLoginAsync();
        await client.ExpectAsync("a OK *");
    }

    [Fact]
    public async Task Without_a_certificate_it_is_neither_offered_nor_known()
    {
        await using var rig = NewRig();
        var client = await ConnectAsync(rig, null);
        Assert.DoesNotContain("EXTERNAL", await client.ExpectAsync("* OK *AUTH=PLAIN]*"), StringComparison.Ordinal);
        await client.SendLineAsync("a AUTHENTICATE EXTERNAL YWxpY2VAZXhhbXBsZS5vcmc=");
        await client.ExpectAsync("a NO [CANNOT] *");
    }

    [Theory]
    [InlineData("alice@example.org", "bob@example.org")]
    [InlineData("nobody@example.org", "")]
    [InlineData("", "alice@example.org")]
    [InlineData("alice@example.org\0", "")]
    [InlineData("alice@example.org\r\nx", "alice@example.org")]
    public async Task Who_is_named_as_somebody_else_or_as_nobody_is_refused(string name, string authorization)
    {
        await using var rig = NewRig();
        var client = await ConnectAsync(rig, CertificateOf(name));
        await client.ExpectAsync("* OK *");
        var response = authorization.Length == 0 ? "=" : Convert.ToBase64String(Encoding.UTF8.GetBytes(authorization));
        await client.SendLineAsync($"a AUTHENTICATE EXTERNAL {response}");
        await client.ExpectAsync("a NO [AUTHENTICATIONFAILED] *");
    }

    [Fact]
    public async Task A_disabled_user_stays_out()
    {
        await using var rig = NewRig();
        var client = await ConnectAsync(rig, CertificateOf("dora@example.org"));
        await client.ExpectAsync("* OK *");
        await client.SendLineAsync("a AUTHENTICATE EXTERNAL =");
        await client.ExpectAsync("a NO [CONTACTADMIN] *");
    }

    [Fact]
    public async Task The_common_name_counts_where_it_is_asked_for_and_only_there()
    {
        await using var rig = NewRig();
        await using var store = await rig.StoreAsync("store-1", 143);
        rig.CertificateName = CertificateNameRule.Cn;
        var client = await ConnectAsync(rig, _users.Client("alice@example.org"));
        await client.ExpectAsync("* OK *");
        await client.SendLineAsync("a AUTHENTICATE EXTERNAL =");
        await store.AcceptImapLoginAsync();
        await client.ExpectAsync("a OK *");
        await using var other = NewRig();
        var stranger = await ConnectAsync(other, _users.Client("alice@example.org"));
        await stranger.ExpectAsync("* OK *");
        await stranger.SendLineAsync("a AUTHENTICATE EXTERNAL =");
        await stranger.ExpectAsync("a NO [AUTHENTICATIONFAILED] *");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_certificate_of_another_authority_or_an_expired_one_gets_no_session(bool isExpired)
    {
        await using var rig = NewRig();
        using var certificate = isExpired
            ? _users.Issuer.IssueClient("alice", TestAuthority.NotBefore, TestAuthority.NotBefore.AddDays(1), Names("alice@example.org"))
            : new TestAuthority().Issuer.IssueClient("alice", TestAuthority.NotBefore, TestAuthority.NotAfter, Names("alice@example.org"));
        var client = await rig.ConnectAsync(MailProtocol.Imap, ListenerTlsMode.Implicit);
        var tls = client.Connection.Features.Get<ITlsFeature>()!;

        // With TLS 1.3 the client may believe that it is in before the server has judged its certificate (RFC 8446 4.4.2.4).
        _ = await tls.BecomeClientAsync(rig.ClientTls with { ClientCertificate = certificate }, CancellationToken.None);
        await Assert.ThrowsAnyAsync<Exception>(() => client.ExpectAsync("* OK *"));
    }

    private static X509Extension Names(string email)
    {
        // SubjectAlternativeNameBuilder judges what it is given; a CA may not.
        var writer = new System.Formats.Asn1.AsnWriter(System.Formats.Asn1.AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteCharacterString(System.Formats.Asn1.UniversalTagNumber.IA5String, email, new(System.Formats.Asn1.TagClass.ContextSpecific, 1));
        }

        return new X509Extension("2.5.29.17", writer.Encode(), critical: false);
    }

    private static async Task<DialogueClient> ConnectAsync(ProxyRig rig, X509Certificate2? certificate)
    {
        var client = await rig.ConnectAsync(MailProtocol.Imap, ListenerTlsMode.Implicit);
        await client.BecomeEncryptedAsync(rig.ClientTls with { ClientCertificate = certificate });
        return client;
    }

    private X509Certificate2 CertificateOf(string email) => email.Length == 0
        ? _users.Client("alice@example.org")
        : _users.Issuer.IssueClient("somebody", TestAuthority.NotBefore, TestAuthority.NotAfter, Names(email));

    private ProxyRig NewRig() => new(on) { Mechanisms = new SaslMechanisms(["EXTERNAL", "PLAIN"]), ClientAuthorities = _users.Authorities };
}
