using System.Text;
using MailProxy.Directory;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Proxy.Tests.Rig;
using MailProxy.Routing.Catalog;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.Proxy.Tests.Sessions;

/// <summary>What a directory says besides yes and no: a store by its address, another name and password for it, words for a refusal and a wait.</summary>
public abstract class DirectoryWordSuite(RigTransport on)
{
    private static readonly Dictionary<string, string> NoAttributes = [];

    [Fact]
    public async Task An_address_that_the_catalog_has_is_that_store()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-2", 143);
        var client = await LogInAsync(rig, Found(rig.StoreAddressOf("store-2", 143)));
        await store.AcceptImapLoginAsync();
        await client.ExpectAsync("a OK *");
        await EndAsync(rig, client);
        Assert.Contains(rig.Log.Entries, entry => entry.Text.Contains("store store-2 (table says store-2)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Any_other_address_is_a_store_of_its_own_until_a_pin_names_another()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-7", 143);
        await using var home = await rig.StoreAsync("store-2", 143);
        var client = await LogInAsync(rig, Found(rig.StoreAddressOf("store-7", 143)));
        var proxy = await store.AcceptImapLoginAsync();
        await client.ExpectAsync("a OK *");

        // Routing changes, and not for this user: the session stays.
        rig.Router.Pin("bob@example.org", "store-1");
        await client.SendLineAsync("b NOOP");
        await proxy.ExpectAsync("b NOOP");
        await proxy.SendLineAsync("b OK");
        await client.ExpectAsync("b OK");

        rig.Router.Pin("alice@example.org", "store-2");
        await client.ExpectAsync("\\* BYE *");
        await client.ExpectGoneAsync();
        var again = await rig.ConnectAgainAsync();
        await again.ExpectAsync("* OK *");
        await again.SendLineAsync("a LOGIN alice@example.org secret");
        await home.AcceptImapLoginAsync();
        await again.ExpectAsync("a OK *");
    }

    [Fact]
    public async Task A_rewritten_name_and_password_are_said_at_the_store_and_nowhere_else()
    {
        await using var rig = new ProxyRig(on);
        rig.Stores.Login = StoreLoginMethod.Password;
        await using var store = await rig.StoreAsync("store-7", 110);
        rig.Users = new VerdictDirectory(request => new AuthenticationResult(
            AuthenticationOutcome.Authenticated,
            new DirectoryUser("box-17", null, NoAttributes, rig.StoreAddressOf("store-7", 110), new StoreCredentials("Box-17", SealedSecret.Seal("oth er"u8, request.Secret)))));
        rig.Stores.AddressTls = StoreTlsMode.None;
        var client = await rig.ConnectAsync(MailProtocol.Pop3);
        await client.ExpectAsync("+OK *");
        await client.SendAsync("USER alice@example.org\r\nPASS secret\r\n");
        await client.ExpectAsync("+OK");
        var proxy = await store.AcceptOneAsync();
        await proxy.SendLineAsync("+OK store");
        await proxy.ExpectAsync("USER Box-17");
        await proxy.SendLineAsync("+OK");
        await proxy.ExpectAsync("PASS oth er");
        await proxy.SendLineAsync("+OK in");
        await client.ExpectAsync("+OK in");
        Assert.DoesNotContain(rig.Log.Entries, entry => entry.Text.Contains("oth er", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(MailProtocol.Imap, AuthenticationOutcome.WrongPassword, "a NO [AUTHENTICATIONFAILED] Own words")]
    [InlineData(MailProtocol.Pop3, AuthenticationOutcome.WrongPassword, "-ERR [AUTH] Own words")]
    [InlineData(MailProtocol.Submission, AuthenticationOutcome.WrongPassword, "535 5.7.8 Own words")]
    [InlineData(MailProtocol.Imap, AuthenticationOutcome.TemporarilyUnavailable, "a NO [UNAVAILABLE] Own words")]
    [InlineData(MailProtocol.Pop3, AuthenticationOutcome.TemporarilyUnavailable, "-ERR [SYS/TEMP] Own words")]
    [InlineData(MailProtocol.Submission, AuthenticationOutcome.TemporarilyUnavailable, "454 4.7.0 Own words")]
    public async Task A_refusal_without_a_wait_is_told_in_its_words_and_ends_the_connection(MailProtocol protocol, AuthenticationOutcome outcome, string answer)
    {
        await using var rig = new ProxyRig(on);
        rig.Users = new VerdictDirectory(_ => new AuthenticationResult(outcome, Refusal: new RefusalWords("Own words", null, null)));
        var client = await SayLoginAsync(rig, protocol);
        await client.ExpectAsync(answer);
        await client.ExpectEndAsync();
    }

    [Theory]
    [InlineData(MailProtocol.Imap, "a NO [AUTHENTICATIONFAILED] Own words")]
    [InlineData(MailProtocol.Pop3, "-ERR [AUTH] Own words")]
    [InlineData(MailProtocol.Submission, "535 5.7.9 Own words")]
    public async Task A_refusal_with_a_wait_is_held_back_so_long_and_the_client_may_try_again(MailProtocol protocol, string answer)
    {
        await using var rig = new ProxyRig(on);
        var asked = new SemaphoreSlim(0);
        rig.Users = new VerdictDirectory(_ =>
        {
            asked.Release();
            return new AuthenticationResult(AuthenticationOutcome.WrongPassword, Refusal: new RefusalWords("Own words", TimeSpan.FromSeconds(7), "535 5.7.9"));
        });
        var client = await SayLoginAsync(rig, protocol);
        await asked.WaitAsync(TimeSpan.FromSeconds(20));
        var began = rig.Time.GetUtcNow();
        var heard = client.ExpectAsync(answer);
        while (!heard.IsCompleted)
        {
            // The wait begins on another thread: the clock goes on in small steps until it is over.
            await Task.WhenAny(heard, Beat.WaitAsync(10));
            if (!heard.IsCompleted)
            {
                rig.Time.Advance(TimeSpan.FromMilliseconds(500));
            }
        }

        await heard;
        Assert.True(rig.Time.GetUtcNow() - began >= TimeSpan.FromSeconds(7));
        await client.SendLineAsync(protocol == MailProtocol.Imap ? "b NOOP" : "NOOP");
        await client.ExpectAsync(protocol == MailProtocol.Imap ? "b OK *" : protocol == MailProtocol.Pop3 ? "+OK*" : "250 *");
    }

    private static Func<AuthenticationRequest, AuthenticationResult> Found(StoreAddress address) =>
        _ => new AuthenticationResult(AuthenticationOutcome.Authenticated, new DirectoryUser("alice@example.org", null, NoAttributes, address));

    private static async Task<DialogueClient> LogInAsync(ProxyRig rig, Func<AuthenticationRequest, AuthenticationResult> verdict)
    {
        rig.Users = new VerdictDirectory(verdict);
        rig.Stores.AddressTls = StoreTlsMode.None;
        return await SayLoginAsync(rig, MailProtocol.Imap);
    }

    private static async Task<DialogueClient> SayLoginAsync(ProxyRig rig, MailProtocol protocol)
    {
        var client = await rig.ConnectAsync(protocol);
        await client.ReadLineAsync();
        switch (protocol)
        {
            case MailProtocol.Imap:
                await client.SendLineAsync("a LOGIN alice@example.org secret");
                break;
            case MailProtocol.Pop3:
                await client.SendAsync("USER alice@example.org\r\nPASS secret\r\n");
                await client.ExpectAsync("+OK");
                break;
            default:
                await client.SendLineAsync("EHLO client.example.org");
                await client.ExpectUntilAsync("250 *");
                await client.SendLineAsync("AUTH PLAIN " + Convert.ToBase64String(Encoding.UTF8.GetBytes("\0alice@example.org\0secret")));
                break;
        }

        return client;
    }

    private static async Task EndAsync(ProxyRig rig, DialogueClient client)
    {
        await client.DisposeAsync();
        await rig.Server!.StopAsync(TimeSpan.FromSeconds(5));
    }
}
