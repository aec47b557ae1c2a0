using System.Security.Cryptography;
using MailProxy.Proxy.Accept;
using MailProxy.Proxy.Tests.Rig;
using MailProxy.Testing;
using MailProxy.Transport.Connections;
using MailProxy.Transport.Tls;
using Xunit;

namespace MailProxy.Proxy.Tests.Sessions;

public sealed class LinuxScramTests() : ScramSuite(RigTransport.Linux)
{
    [Fact]
    public async Task Channel_binding_ties_the_login_to_this_connection()
    {
        await using var rig = await RigAsync("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256");
        await using var store = await rig.StoreAsync("store-1", 143);
        var client = await rig.ConnectAsync(MailProtocol.Imap, ListenerTlsMode.Implicit);
        await client.BecomeEncryptedAsync(rig.ClientTls);
        await client.ExpectAsync("* OK *AUTH=SCRAM-SHA-256-PLUS AUTH=SCRAM-SHA-256]*");
        var binding = await ExportAsync(client);
        var scram = new ScramClient(HashAlgorithmName.SHA256, "alice@example.org", "secret", "p=tls-exporter,,", binding);
        await client.SendLineAsync($"a AUTHENTICATE SCRAM-SHA-256-PLUS {scram.First}");
        await client.SendLineAsync(scram.Final((await client.ExpectAsync("+ *"))[2..]));
        Assert.True(scram.Trusts((await client.ExpectAsync("+ *"))[2..]));
        await client.SendLineAsync("");
        await store.AcceptImapLoginAsync();
        await client.ExpectAsync("a OK *");
    }

    [Fact]
    public async Task The_binding_of_another_connection_is_refused_whoever_knows_the_password()
    {
        await using var rig = await RigAsync("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256");
        var other = await rig.ConnectAsync(MailProtocol.Imap, ListenerTlsMode.Implicit);
        await other.BecomeEncryptedAsync(rig.ClientTls);
        var client = await rig.ConnectAgainAsync();
        await client.BecomeEncryptedAsync(rig.ClientTls);
        await client.ExpectAsync("* OK *");
        var scram = new ScramClient(HashAlgorithmName.SHA256, "alice@example.org", "secret", "p=tls-exporter,,", await ExportAsync(other));
        await client.SendLineAsync($"a AUTHENTICATE SCRAM-SHA-256-PLUS {scram.First}");
        await client.SendLineAsync(scram.Final((await client.ExpectAsync("+ *"))[2..]));
        await client.ExpectAsync("a NO [AUTHENTICATIONFAILED] *");
        Assert.Contains(rig.Log.Entries, entry => entry.Text.Contains("the channel binding is not this connection's", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("SCRAM-SHA-256", "y,,", "somebody in between")]
    [InlineData("SCRAM-SHA-256-PLUS", "n,,", "no channel binding with")]
    [InlineData("SCRAM-SHA-256-PLUS", "p=tls-unique,,", "is not known here")]
    public async Task A_downgrade_and_an_unknown_kind_of_binding_are_refused(string mechanism, string header, string why)
    {
        await using var rig = await RigAsync("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256");
        var client = await rig.ConnectAsync(MailProtocol.Imap, ListenerTlsMode.Implicit);
        await client.BecomeEncryptedAsync(rig.ClientTls);
        await client.ExpectAsync("* OK *");
        await client.SendLineAsync($"a AUTHENTICATE {mechanism} {new ScramClient(HashAlgorithmName.SHA256, "alice@example.org", "secret", header).First}");
        await client.ExpectAsync("a NO [AUTHENTICATIONFAILED] *");
        Assert.Contains(rig.Log.Entries, entry => entry.Text.Contains(why, StringComparison.Ordinal));
    }

    [Fact]
    public async Task In_clear_and_on_a_listener_without_the_offer_a_client_that_could_bind_is_welcome()
    {
        await using var rig = await RigAsync("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256");
        await using var store = await rig.StoreAsync("store-1", 143);
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        Assert.DoesNotContain("-PLUS", await client.ExpectAsync("* OK *AUTH=SCRAM-SHA-256]*"), StringComparison.Ordinal);
        var scram = new ScramClient(HashAlgorithmName.SHA256, "alice@example.org", "secret", "y,,");
        await client.SendLineAsync($"a AUTHENTICATE SCRAM-SHA-256 {scram.First}");
        await client.SendLineAsync(scram.Final((await client.ExpectAsync("+ *"))[2..]));
        await client.ExpectAsync("+ *");
        await client.SendLineAsync("");
        await store.AcceptImapLoginAsync();
        await client.ExpectAsync("a OK *");
    }

    private static async Task<byte[]> ExportAsync(DialogueClient client)
    {
        await client.Connection.ReturnHomeAsync();
        return client.Connection.Features.Get<ITlsFeature>()!.ChannelBinding(ChannelBindings.Exporter)!;
    }
}
