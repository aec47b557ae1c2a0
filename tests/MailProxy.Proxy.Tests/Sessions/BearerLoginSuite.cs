using System.Text;
using MailProxy.Directory;
using MailProxy.Proxy.Authenticate;
using MailProxy.Proxy.Tests.Rig;
using MailProxy.Routing.Catalog;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.Proxy.Tests.Sessions;

/// <summary>OAUTHBEARER (RFC 7628) and XOAUTH2 with the client, in each protocol.</summary>
public abstract class BearerLoginSuite(RigTransport on)
{
    private const string Good = "good-token";
    private const string Json = "{\"status\":\"invalid_token\"}";
    private static readonly string Error = Convert.ToBase64String(Encoding.ASCII.GetBytes(Json));

    private readonly List<Secret> _secrets = [];
    private readonly List<AuthenticationRequest> _requests = [];

    [Theory]
    [InlineData("OAUTHBEARER", true)]
    [InlineData("OAUTHBEARER", false)]
    [InlineData("XOAUTH2", true)]
    [InlineData("XOAUTH2", false)]
    public async Task A_good_token_logs_in_with_and_without_an_initial_response(string mechanism, bool isInitial)
    {
        await using var rig = Rig();
        await using var store = await rig.StoreAsync("store-1", 143);
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        Assert.Contains("AUTH=PLAIN AUTH=OAUTHBEARER AUTH=XOAUTH2", await client.ExpectAsync("* OK *"), StringComparison.Ordinal);
        await client.SendLineAsync($"a AUTHENTICATE {mechanism}{(isInitial ? " " + Message(mechanism) : "")}");
        if (!isInitial)
        {
            await client.ExpectAsync("+ ");
            await client.SendLineAsync(Message(mechanism));
        }

        await store.AcceptImapLoginAsync();
        await client.ExpectAsync("a OK *");
        Assert.Equal((mechanism, "alice@example.org"), (Assert.Single(_requests).Mechanism, _requests[0].AuthenticationId));
        Assert.All(_secrets, secret => Assert.True(secret.Octets.IsEmpty));
    }

    [Fact]
    public async Task Pop3_and_submission_take_them_alike()
    {
        await using var rig = Rig();
        await using var store = await rig.StoreAsync("store-1", 110);
        var pop3 = await rig.ConnectAsync(MailProtocol.Pop3);
        await pop3.ExpectAsync("+OK *");
        await pop3.SendLineAsync("CAPA");
        Assert.Contains("SASL PLAIN OAUTHBEARER XOAUTH2", await pop3.ExpectUntilAsync("."));
        await pop3.SendLineAsync("AUTH OAUTHBEARER");
        await pop3.ExpectAsync("+ ");
        await pop3.SendLineAsync(Message("OAUTHBEARER"));
        await store.AcceptPop3LoginAsync();
        await pop3.ExpectAsync("+OK *");
        var submission = await SubmissionAsync(rig);
        await submission.SendLineAsync($"AUTH XOAUTH2 {Message("XOAUTH2")}");
        await submission.ExpectAsync("235 *");
    }

    [Fact]
    public async Task A_token_without_a_name_is_judged_by_itself()
    {
        await using var rig = Rig();
        await using var store = await rig.StoreAsync("store-1", 143);
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.ExpectAsync("* OK *");
        await client.SendLineAsync($"a AUTHENTICATE OAUTHBEARER {Encode($"n,,\u0001auth=Bearer {Good}\u0001\u0001")}");
        await store.AcceptImapLoginAsync();
        await client.ExpectAsync("a OK *");
        Assert.Equal("", Assert.Single(_requests).AuthenticationId);
    }

    [Theory]
    [InlineData("AQ==")]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("!!!! rubbish !!!!")]
    [InlineData("c29tZXRoaW5n")]
    public async Task The_error_comes_before_the_refusal_and_whatever_the_client_says_to_it_changes_nothing(string answer)
    {
        await using var rig = Rig();
        await using var store = await rig.StoreAsync("store-1", 143);
        var imap = await rig.ConnectAsync(MailProtocol.Imap);
        await imap.ExpectAsync("* OK *");
        await imap.SendLineAsync($"a AUTHENTICATE OAUTHBEARER {Message("OAUTHBEARER", "bad")}");
        await imap.ExpectAsync("+ " + Error);
        await imap.SendLineAsync(answer);
        await imap.ExpectAsync("a NO [AUTHENTICATIONFAILED] *");

        // And nothing of it is left for the next attempt.
        await imap.SendLineAsync($"b AUTHENTICATE XOAUTH2 {Message("XOAUTH2")}");
        await store.AcceptImapLoginAsync();
        await imap.ExpectAsync("b OK *");

        var pop3 = await rig.ConnectAsync(MailProtocol.Pop3);
        await pop3.ExpectAsync("+OK *");
        await pop3.SendLineAsync($"AUTH XOAUTH2 {Message("XOAUTH2", "bad")}");
        await pop3.ExpectAsync("+ " + Error);
        await pop3.SendLineAsync(answer);
        await pop3.ExpectAsync("-ERR [AUTH] *");

        var submission = await SubmissionAsync(rig);
        await submission.SendLineAsync($"AUTH OAUTHBEARER {Message("OAUTHBEARER", "bad")}");
        await submission.ExpectAsync("334 " + Error);
        await submission.SendLineAsync(answer);
        await submission.ExpectAsync("535 5.7.8 *");
        await submission.SendLineAsync("NOOP");
        await submission.ExpectAsync("250 *");
    }

    [Fact]
    public async Task Who_leaves_at_the_error_is_gone()
    {
        await using var rig = Rig();
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.ExpectAsync("* OK *");
        await client.SendLineAsync($"a AUTHENTICATE OAUTHBEARER {Message("OAUTHBEARER", "bad")}");
        await client.ExpectAsync("+ *");
        await client.EndAsync();
        await client.ReadToTheEndAsync();
    }

    [Fact]
    public async Task A_fault_of_the_issuer_is_temporary_and_no_error_of_the_token()
    {
        await using var rig = Rig();
        var imap = await rig.ConnectAsync(MailProtocol.Imap);
        await imap.ExpectAsync("* OK *");
        await imap.SendLineAsync($"a AUTHENTICATE OAUTHBEARER {Message("OAUTHBEARER", "away")}");
        await imap.ExpectAsync("a NO [UNAVAILABLE] *");
        var submission = await SubmissionAsync(rig);
        await submission.SendLineAsync($"AUTH XOAUTH2 {Message("XOAUTH2", "away")}");
        await submission.ExpectAsync("454 4.7.0 *");
    }

    [Fact]
    public async Task An_expired_token_is_told_as_such()
    {
        await using var rig = Rig();
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.ExpectAsync("* OK *");
        await client.SendLineAsync($"a AUTHENTICATE OAUTHBEARER {Message("OAUTHBEARER", "old")}");
        await client.ExpectAsync("+ " + Error);
        await client.SendLineAsync("AQ==");
        await client.ExpectAsync("a NO [EXPIRED] *");
    }

    [Theory]
    [InlineData("OAUTHBEARER")]
    [InlineData("XOAUTH2")]
    public async Task A_token_of_eight_kilobytes_fits_everywhere(string mechanism)
    {
        await using var rig = Rig();
        var message = Message(mechanism, new string('t', 8_192));
        var imap = await rig.ConnectAsync(MailProtocol.Imap);
        await imap.ExpectAsync("* OK *");
        await imap.SendLineAsync($"a AUTHENTICATE {mechanism} {message}");
        await imap.ExpectAsync("a NO [UNAVAILABLE] *");
        await imap.SendLineAsync($"b AUTHENTICATE {mechanism}");
        await imap.ExpectAsync("+ ");
        await imap.SendLineAsync(message);
        await imap.ExpectAsync("b NO [UNAVAILABLE] *");
        var pop3 = await rig.ConnectAsync(MailProtocol.Pop3);
        await pop3.ExpectAsync("+OK *");
        await pop3.SendLineAsync($"AUTH {mechanism} {message}");
        await pop3.ExpectAsync("-ERR [SYS/TEMP] *");
        await pop3.SendLineAsync($"AUTH {mechanism}");
        await pop3.ExpectAsync("+ ");
        await pop3.SendLineAsync(message);
        await pop3.ExpectAsync("-ERR [SYS/TEMP] *");
        var submission = await SubmissionAsync(rig);
        await submission.SendLineAsync($"AUTH {mechanism} {message}");
        await submission.ExpectAsync("454 *");
        await submission.SendLineAsync($"AUTH {mechanism}");
        await submission.ExpectAsync("334 ");
        await submission.SendLineAsync(message);
        await submission.ExpectAsync("454 *");
        Assert.Equal(6, _requests.Count);
    }

    [Theory]
    [InlineData("AQ==")]
    [InlineData("=")]
    [InlineData("bm9uc2Vuc2U=")]
    [InlineData("!!")]
    public async Task What_is_no_message_is_a_syntax_error(string message)
    {
        await using var rig = Rig();
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.ExpectAsync("* OK *");
        await client.SendLineAsync($"a AUTHENTICATE OAUTHBEARER {message}");
        await client.ExpectAsync("a BAD *");
        await client.SendLineAsync($"b AUTHENTICATE XOAUTH2 {message}");
        await client.ExpectAsync("b BAD *");
        await client.SendLineAsync("c AUTHENTICATE XOAUTH2");
        await client.ExpectAsync("+ ");
        await client.SendLineAsync("*");
        await client.ExpectAsync("c BAD *");
        Assert.Empty(_requests);
    }

    [Fact]
    public async Task Not_in_clear_and_not_unless_offered()
    {
        await using var rig = Rig();
        rig.ClearText = ClearTextPolicy.Never;
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.ExpectAsync("* OK *LOGINDISABLED*");
        await client.SendLineAsync($"a AUTHENTICATE OAUTHBEARER {Message("OAUTHBEARER")}");
        await client.ExpectAsync("a NO [PRIVACYREQUIRED] *");
        await using var other = Rig();
        other.Mechanisms = SaslMechanisms.Passwords;
        var second = await other.ConnectAsync(MailProtocol.Imap);
        await second.ExpectAsync("* OK *");
        await second.SendLineAsync($"a AUTHENTICATE OAUTHBEARER {Message("OAUTHBEARER")}");
        await second.ExpectAsync("a NO [CANNOT] *");
        Assert.Empty(_requests);
    }

    [Fact]
    public async Task The_verdict_is_the_same_at_every_cut_of_the_octets()
    {
        await using var rig = Rig();
        rig.Limits.LoginAttempts = 1_000;
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.ExpectAsync("* OK *");
        var dialogue = $"a AUTHENTICATE OAUTHBEARER {Message("OAUTHBEARER", "bad")}\r\nAQ==\r\n";
        for (var cut = 1; cut < dialogue.Length; cut++)
        {
            await client.SendAsync(dialogue[..cut]);
            await client.SendAsync(dialogue[cut..]);
            await client.ExpectAsync("+ " + Error);
            await client.ExpectAsync("a NO [AUTHENTICATIONFAILED] *");
        }

        foreach (var octet in dialogue)
        {
            await client.SendAsync(octet.ToString());
        }

        await client.ExpectAsync("+ " + Error);
        await client.ExpectAsync("a NO [AUTHENTICATIONFAILED] *");
        Assert.Equal(dialogue.Length, _requests.Count);
    }

    private static string Message(string mechanism, string token = Good) => Encode(mechanism == "XOAUTH2"
        ? $"user=alice@example.org\u0001auth=Bearer {token}\u0001\u0001"
        : $"n,a=alice@example.org,\u0001host=mail.example.org\u0001port=993\u0001auth=Bearer {token}\u0001\u0001");

    private static string Encode(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text));

    private static async Task<DialogueClient> SubmissionAsync(ProxyRig rig)
    {
        var client = await rig.ConnectAsync(MailProtocol.Submission);
        await client.ExpectAsync("220 *");
        await client.SendLineAsync("EHLO laptop");
        await client.ExpectUntilAsync("250 *");
        return client;
    }

    private ProxyRig Rig()
    {
        var rig = new ProxyRig(on) { Mechanisms = new SaslMechanisms(["PLAIN", "OAUTHBEARER", "XOAUTH2"]) };
        rig.Users = new VerdictDirectory(request =>
        {
            _requests.Add(request);
            _secrets.Add(request.Secret);
            var refused = new AuthenticationResult(AuthenticationOutcome.WrongPassword) { LastChallenge = Encoding.ASCII.GetBytes(Json) };
            return Encoding.ASCII.GetString(request.Secret.Octets.Span) switch
            {
                Good => new AuthenticationResult(AuthenticationOutcome.Authenticated, new DirectoryUser("alice@example.org", "store-1", new Dictionary<string, string>())),
                "bad" => refused,
                "old" => refused with { Outcome = AuthenticationOutcome.Expired },
                _ => new AuthenticationResult(AuthenticationOutcome.TemporarilyUnavailable),
            };
        });
        return rig;
    }
}
