using System.Text;
using MailProxy.Directory;
using MailProxy.Protocols;
using MailProxy.Protocols.Sasl;
using MailProxy.Proxy.Authenticate;
using MailProxy.Proxy.Connect;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Relay;
using MailProxy.Proxy.Sessions;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Proxy.Tests.Rig;
using MailProxy.Routing.Catalog;
using MailProxy.Testing;
using Microsoft.Extensions.Logging;
using Xunit;

namespace MailProxy.Proxy.Tests.StoreLogin;

/// <summary>Which login a store gets, from the catalog's word and from what the client brought.</summary>
public abstract class StoreCredentialSuite(RigTransport on)
{
    private static readonly DirectoryUser Alice = new("alice@example.org", "store-1", new Dictionary<string, string>());

    [Theory]
    [InlineData("token", StoreLoginMethod.Master)]
    [InlineData(null, StoreLoginMethod.Token)]
    public async Task A_token_is_signed_for_the_store_the_user_and_the_protocol(string? login, StoreLoginMethod fallback)
    {
        await using var rig = new ProxyRig(on) { Tokens = new TellingSigner() };
        rig.Stores.Login = fallback;
        rig.Router.AddStore("store-1", login: login);
        await using var store = await rig.StoreAsync("store-1", 143);
        var client = await LogInAsync(rig);
        var proxy = await store.AcceptOneAsync();
        await proxy.SendLineAsync("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=OAUTHBEARER] store");
        var message = Convert.FromBase64String((await proxy.ExpectAsync("L AUTHENTICATE OAUTHBEARER *")).Split(' ')[3]);
        Assert.Equal(ReadStatus.Done, SaslOAuthBearer.TryParse(message, out var bearer));
        Assert.Equal(("alice@example.org", "store-1/alice~example.org/imap/session"), (bearer!.AuthorizationId, Encoding.ASCII.GetString(bearer.Token)));
        await proxy.SendLineAsync("L OK [CAPABILITY IMAP4rev1] in");
        await client.ExpectAsync("a OK *");
    }

    [Theory]
    [InlineData("token", "set Stores:TokenKeyFile")]
    [InlineData("master", "set Stores:MasterUser")]
    [InlineData("bearer", "the client came by LOGIN with a password")]
    public async Task What_this_proxy_or_this_client_has_not_is_our_fault_and_temporary(string login, string what)
    {
        await using var rig = new ProxyRig(on) { HasMaster = false };
        rig.Router.AddStore("store-1", login: login);
        await using var store = await rig.StoreAsync("store-1", 143);
        var client = await LogInAsync(rig);
        await client.ExpectAsync("a NO [UNAVAILABLE] *");
        Assert.Contains(rig.Log.Entries, entry => entry.Level == LogLevel.Error && entry.Text.Contains("StoreRefusedLogin", StringComparison.Ordinal)
            && entry.Text.Contains(what, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("password", "OAUTHBEARER")]
    [InlineData("bearer", "OAUTHBEARER")]
    [InlineData("password", "XOAUTH2")]
    [InlineData("bearer", "XOAUTH2")]
    public void A_clients_token_is_passed_on_as_one_and_never_as_a_password(string login, string mechanism)
    {
        using var attempt = new LoginAttempt("alice@example.org", "", new Secret("tok"u8.ToArray()), mechanism);
        var outcome = Choose(login, Alice, attempt);
        Assert.Equal(StoreLoginMethod.Bearer, outcome.Value?.Method);
        Assert.Same(attempt.Secret, outcome.Value?.Secret);
        outcome.Value!.Dispose();
        Assert.Equal(3, attempt.Secret.Octets.Length);
    }

    [Theory]
    [InlineData("PLAIN")]
    [InlineData("LOGIN")]
    [InlineData("USER")]
    public void A_clients_password_is_replayed_and_never_passed_on_as_a_token(string mechanism)
    {
        using var attempt = new LoginAttempt("alice@example.org", "", new Secret("secret"u8.ToArray()), mechanism);
        Assert.Equal(StoreLoginMethod.Password, Choose("password", Alice, attempt).Value?.Method);
        var outcome = Choose("bearer", Alice, attempt);
        Assert.Equal(ProxyFailure.StoreRefusedLogin, outcome.Failure);
        Assert.Contains(mechanism, outcome.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", outcome.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("password", "PLAIN", "pass word", StoreLoginMethod.Password)]
    [InlineData("password", "OAUTHBEARER", "pass word", StoreLoginMethod.Password)]
    [InlineData("bearer", "PLAIN", "other.token", StoreLoginMethod.Bearer)]
    [InlineData("bearer", "PLAIN", "no token", null)]
    public void What_the_directory_says_instead_is_what_the_method_takes(string login, string mechanism, string instead, StoreLoginMethod? expected)
    {
        using var attempt = new LoginAttempt("alice@example.org", "", new Secret("secret"u8.ToArray()), mechanism);
        var user = Alice with { Login = new StoreCredentials(null, SealedSecret.Seal(Encoding.ASCII.GetBytes(instead), attempt.Secret)) };
        var outcome = Choose(login, user, attempt);
        Assert.Equal(expected, outcome.Value?.Method);
        if (expected is null)
        {
            Assert.Equal(ProxyFailure.StoreRefusedLogin, outcome.Failure);
            return;
        }

        var secret = outcome.Value!.Secret;
        Assert.Equal(instead, Encoding.ASCII.GetString(secret.Octets.Span));
        outcome.Value.Dispose();
        Assert.Equal(0, secret.Octets.Length);
    }

    [Fact]
    public void An_unknown_word_of_the_catalog_is_no_route()
    {
        using var attempt = new LoginAttempt("alice@example.org", "", new Secret("secret"u8.ToArray()), "PLAIN");
        Assert.Equal(ProxyFailure.NoRoute, Choose("kerberos", Alice, attempt).Failure);
    }

    private static Outcome<StoreCredential> Choose(string login, DirectoryUser user, LoginAttempt attempt)
    {
        var node = new StoreNode("store-1", "store-1.example.org", System.Collections.Frozen.FrozenDictionary<StoreService, int>.Empty, StoreTlsMode.None, login, StoreState.Online);
        var settings = new ProxySettings("mail.example.org", null, ClearTextPolicy.Always, new LimitOptions(), new StoreLegOptions(), new StoreTlsIdentity(null, null), null, new RelayOptions());
        return StoreCredential.For(node, user, attempt, settings, "imap", "s1");
    }

    private static async Task<DialogueClient> LogInAsync(ProxyRig rig)
    {
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.ExpectAsync("* OK *");
        await client.SendLineAsync("a LOGIN alice@example.org secret");
        return client;
    }
}
