using System.Text;
using MailProxy.Directory;
using MailProxy.Proxy.Accept;
using MailProxy.Proxy.Authenticate;
using MailProxy.Proxy.Tests.Rig;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.Proxy.Tests.Sieve;

public abstract class SieveLoginSuite(RigTransport on)
{
    private const string Alice = "alice@example.org";

    [Fact]
    public async Task A_login_goes_through_and_what_was_sent_ahead_reaches_the_store()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 4190);
        var client = await ConnectAsync(rig);
        await client.SendAsync($"AUTHENTICATE \"PLAIN\" \"{Plain("secret")}\"\r\nPUTSCRIPT \"a\" {{6+}}\r\nkeep;\n\r\n");
        var proxy = await store.AcceptSieveLoginAsync();
        await client.ExpectAsync("OK \"in\"");
        await proxy.ExpectAsync("PUTSCRIPT \"a\" {6+}");
        Assert.Equal("keep;\n\r\n", await proxy.ReadAsync(8));
        await proxy.SendLineAsync("OK \"kept\"");
        await client.ExpectAsync("OK \"kept\"");
    }

    [Fact]
    public async Task Wrong_then_cancelled_then_right_with_responses_as_strings_and_literals()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 4190);
        var client = await ConnectAsync(rig);
        await client.SendLineAsync($"AUTHENTICATE \"PLAIN\" \"{Plain("wrong")}\"");
        await client.ExpectAsync("NO \"Authentication failed.\"");
        await client.SendLineAsync("AUTHENTICATE \"PLAIN\"");
        await client.ExpectAsync("\"\"");
        await client.SendLineAsync("\"*\"");
        await client.ExpectAsync("NO *cancelled*");
        await client.SendLineAsync("AUTHENTICATE \"LOGIN\"");
        await client.ExpectAsync("\"VXNlcm5hbWU6\"");
        var name = Convert.ToBase64String(Encoding.UTF8.GetBytes(Alice));
        await client.SendLineAsync($"{{{name.Length}+}}\r\n{name}");
        await client.ExpectAsync("\"UGFzc3dvcmQ6\"");
        await client.SendLineAsync($"\"{Convert.ToBase64String("secret"u8)}\"");
        await store.AcceptSieveLoginAsync();
        await client.ExpectAsync("OK \"in\"");
    }

    [Theory]
    [InlineData("bare")]
    [InlineData("{3}\r\nYQ==")]
    [InlineData("\"YQ==\" \"YQ==\"")]
    [InlineData("\"not base64\"")]
    public async Task A_response_that_is_no_string_of_base64_ends_the_exchange_and_not_the_session(string response)
    {
        await using var rig = new ProxyRig(on);
        var client = await ConnectAsync(rig);
        await client.SendLineAsync("AUTHENTICATE \"PLAIN\"");
        await client.ExpectAsync("\"\"");
        await client.SendLineAsync(response);
        await client.ExpectAsync("NO \"Invalid SASL response.\"");
        await client.SendLineAsync("LOGOUT");
        await client.ExpectUntilAsync("OK \"Logging out.\"");
        await client.ExpectEndAsync();
    }

    [Fact]
    public async Task An_empty_string_is_an_empty_response()
    {
        await using var rig = new ProxyRig(on);
        var client = await ConnectAsync(rig);
        await client.SendLineAsync("AUTHENTICATE \"LOGIN\" \"\"");
        await client.ExpectAsync("\"UGFzc3dvcmQ6\"");
        await client.SendLineAsync("\"\"");
        await client.ExpectAsync("NO \"Invalid SASL response.\"");
    }

    [Fact]
    public async Task Capabilities_are_said_at_once_and_again_behind_tls_and_follow_what_may_be_done()
    {
        await using var rig = new ProxyRig(on) { ClearText = ClearTextPolicy.Never };
        var client = await rig.ConnectAsync(MailProtocol.Sieve);
        var clear = await client.ExpectUntilAsync("OK \"mail.example.org ready.\"");
        Assert.Equal(["\"IMPLEMENTATION\" \"MailProxy\"", "\"VERSION\" \"1.0\"", "\"SASL\" \"\"", "\"SIEVE\" \"\"", "\"STARTTLS\""], clear.SkipLast(1));
        await client.SendLineAsync($"AUTHENTICATE \"PLAIN\" \"{Plain("secret")}\"");
        await client.ExpectAsync("NO (ENCRYPT-NEEDED) \"Start TLS first.\"");
        await client.SendLineAsync("STARTTLS");
        await client.ExpectAsync("OK \"Begin TLS now.\"");
        await client.BecomeEncryptedAsync(rig.ClientTls);
        var encrypted = await client.ExpectUntilAsync("OK *");
        Assert.Contains("\"SASL\" \"PLAIN LOGIN\"", encrypted);
        Assert.DoesNotContain("\"STARTTLS\"", encrypted);
        await client.SendLineAsync("CAPABILITY");
        Assert.Equal(encrypted.SkipLast(1), (await client.ExpectUntilAsync("OK *")).SkipLast(1));
        await client.SendLineAsync("STARTTLS");
        await client.ExpectAsync("NO *");
    }

    [Fact]
    public async Task Extensions_are_those_that_every_store_has_shown()
    {
        await using var rig = new ProxyRig(on);
        await using var one = await rig.StoreAsync("store-1", 4190);
        await using var two = await rig.StoreAsync("store-2", 4190);
        await LogInAsync(await ConnectAsync(rig), Alice);
        await one.AcceptSieveLoginAsync("fileinto vacation imap4flags");
        Assert.Equal("fileinto imap4flags vacation", await ExtensionsAsync(rig));
        await LogInAsync(await ConnectAsync(rig), "bob@example.org");
        await two.AcceptSieveLoginAsync("VACATION fileinto");
        Assert.Equal("fileinto vacation", await ExtensionsAsync(rig), ignoreCase: true);
    }

    [Fact]
    public async Task Nobody_is_offered_to_log_out_and_in_again()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 4190);
        await LogInAsync(await ConnectAsync(rig), Alice);
        var proxy = await store.AcceptOneAsync();
        await proxy.SendAsync("\"SIEVE\" \"fileinto\"\r\n\"UNAUTHENTICATE\"\r\n\"SASL\" \"PLAIN\"\r\nOK\r\n");
        await proxy.ExpectAsync("AUTHENTICATE *");
        var next = await rig.ConnectAgainAsync();
        var offered = await next.ExpectUntilAsync("OK *");
        Assert.Contains("\"SIEVE\" \"fileinto\"", offered);
        Assert.DoesNotContain("\"UNAUTHENTICATE\"", offered);
    }

    [Fact]
    public async Task Commands_in_clear_behind_starttls_end_the_session()
    {
        await using var rig = new ProxyRig(on);
        var client = await ConnectAsync(rig);
        await client.SendAsync("STARTTLS\r\nCAPABILITY\r\n");
        await client.ExpectAsync("OK *");
        await client.ExpectAsync("BYE \"Protocol error, goodbye.\"");
        await client.ExpectGoneAsync();
    }

    [Theory]
    [InlineData("NOOP", "OK \"Done.\"")]
    [InlineData("noop \"a \\\"b\\\\\"", "OK (TAG \"a \\\\\"b\\\\\\\\\") \"Done.\"")]
    [InlineData("NOOP x", "NO *")]
    [InlineData("NOOP \"a\" \"b\"", "NO *")]
    [InlineData("UNAUTHENTICATE", "NO \"Nobody is logged in.\"")]
    [InlineData("HAVESPACE \"a\" 10", "NO *log in first*")]
    [InlineData("\"NOOP\"", "NO *")]
    [InlineData("AUTHENTICATE PLAIN", "NO *in quotes*")]
    [InlineData("AUTHENTICATE", "NO *in quotes*")]
    [InlineData("AUTHENTICATE \"GSSAPI\"", "NO \"Mechanism not supported.\"")]
    [InlineData("NOOP {3}", "NO \"Syntax error.\"")]
    public async Task Each_command_has_its_answer_and_the_session_goes_on(string command, string answer)
    {
        await using var rig = new ProxyRig(on);
        var client = await ConnectAsync(rig);
        await client.SendLineAsync(command);
        await client.ExpectAsync(answer);
        await client.SendLineAsync("NOOP");
        await client.ExpectAsync("OK \"Done.\"");
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n", "BYE \"Protocol error, goodbye.\"")]
    [InlineData("NOOP {99999+}\r\n", "BYE \"Line too long, goodbye.\"")]
    public async Task What_cannot_go_on_ends_with_bye(string text, string farewell)
    {
        await using var rig = new ProxyRig(on);
        var client = await ConnectAsync(rig);
        await client.SendAsync(text);
        await client.ExpectAsync(farewell);
        await client.ExpectGoneAsync();
    }

    [Fact]
    public async Task Useless_commands_are_counted()
    {
        await using var rig = new ProxyRig(on);
        rig.Limits.JunkCommands = 2;
        var client = await ConnectAsync(rig);
        await client.SendAsync("NOOP\r\nNOOP\r\nNOOP\r\n");
        await client.ExpectUntilAsync("BYE \"Too many errors, goodbye.\"");
        await client.ExpectGoneAsync();
    }

    [Fact]
    public async Task One_too_many_hears_so_before_any_session()
    {
        await using var rig = new ProxyRig(on);
        var first = await rig.ConnectAsync(MailProtocol.Sieve, connections: 1);
        await first.ExpectAsync("\"IMPLEMENTATION\" *");
        var second = await rig.ConnectAgainAsync();
        await second.ExpectAsync("BYE (TRYLATER) \"Too many sessions.\"");
        await second.ExpectGoneAsync();
    }

    [Theory]
    [InlineData("NO (TRYLATER) \"wait\"", "NO (TRYLATER) \"Temporary failure, please try again later.\"")]
    [InlineData("NO \"wrong password\"", "NO (TRYLATER) \"Temporary failure, please try again later.\"")]
    [InlineData("BYE \"going down\"", "NO (TRYLATER) \"Temporary failure, please try again later.\"")]
    [InlineData("* OK nonsense", "NO (TRYLATER) \"Temporary failure, please try again later.\"")]
    public async Task Whatever_a_store_refuses_with_is_told_as_temporary(string verdict, string told)
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 4190);
        var client = await ConnectAsync(rig);
        await LogInAsync(client, Alice);
        var proxy = await store.AcceptOneAsync();
        await proxy.SendAsync("\"SASL\" \"PLAIN\"\r\nOK\r\n");
        await proxy.ExpectAsync("AUTHENTICATE *");
        await proxy.SendLineAsync(verdict);
        await client.ExpectAsync(told);
        await client.SendLineAsync("NOOP");
        await client.ExpectAsync("OK *");
    }

    [Theory]
    [InlineData("NO (REFERRAL \"sieve://alice%40example.org@store-2/\") \"gone\"")]
    [InlineData("BYE (REFERRAL \"sieve://store-2\")")]
    public async Task A_referral_is_followed(string refusal)
    {
        await using var rig = new ProxyRig(on);
        await using var one = await rig.StoreAsync("store-1", 4190);
        await using var two = await rig.StoreAsync("store-2", 4190);
        var client = await ConnectAsync(rig);
        await LogInAsync(client, Alice);
        var proxy = await one.AcceptOneAsync();
        await proxy.SendAsync("\"SASL\" \"PLAIN\"\r\nOK\r\n");
        await proxy.ExpectAsync("AUTHENTICATE *");
        await proxy.SendLineAsync(refusal);
        await two.AcceptSieveLoginAsync();
        await client.ExpectAsync("OK \"in\"");
    }

    [Fact]
    public async Task A_user_who_moves_hears_bye_behind_a_whole_answer()
    {
        await using var rig = new ProxyRig(on);
        await using var store = await rig.StoreAsync("store-1", 4190);
        var client = await ConnectAsync(rig);
        await LogInAsync(client, Alice);
        var proxy = await store.AcceptSieveLoginAsync();
        await client.ExpectAsync("OK \"in\"");
        await client.SendLineAsync("GETSCRIPT \"a\"");
        await proxy.ExpectAsync("GETSCRIPT \"a\"");
        await proxy.SendAsync("{10}\r\nkeep;");
        await client.ExpectAsync("{10}");
        rig.Router.Pin(Alice, "store-2");
        await proxy.SendAsync("\r\nOK\r\n\r\nOK \"got\"\r\n");
        foreach (var line in new[] { "keep;", "OK", "", "OK \"got\"", "BYE (TRYLATER) \"Your mailbox has moved, please connect again.\"" })
        {
            Assert.Equal(line, await client.ReadLineAsync());
        }

        await client.ExpectEndAsync();
        await proxy.ExpectGoneAsync();
    }

    [Fact]
    public async Task A_node_that_stops_says_so_to_whom_is_not_logged_in()
    {
        await using var rig = new ProxyRig(on);
        var client = await ConnectAsync(rig);
        var stopped = rig.Server!.StopAsync(TimeSpan.FromSeconds(20));
        await client.ExpectAsync("BYE (TRYLATER) \"This server is shutting down, please connect again.\"");
        await client.ExpectEndAsync();
        await stopped;
    }

    [Theory]
    [InlineData("OAUTHBEARER")]
    [InlineData("XOAUTH2")]
    public async Task A_refused_token_gets_its_error_first(string mechanism)
    {
        await using var rig = new ProxyRig(on)
        {
            Mechanisms = new SaslMechanisms([mechanism]),
            Users = new VerdictDirectory(_ => new(AuthenticationOutcome.WrongPassword, null, "bad token") { LastChallenge = "{}"u8.ToArray() }),
        };
        var client = await ConnectAsync(rig);
        var message = mechanism == "XOAUTH2" ? $"user={Alice}\u0001auth=Bearer abc\u0001\u0001" : $"n,a={Alice},\u0001auth=Bearer abc\u0001\u0001";
        await client.SendLineAsync($"AUTHENTICATE \"{mechanism}\" \"{Convert.ToBase64String(Encoding.ASCII.GetBytes(message))}\"");
        await client.ExpectAsync("\"e30=\"");
        await client.SendLineAsync("\"AQ==\"");
        await client.ExpectAsync("NO \"Authentication failed.\"");
    }

    [Fact]
    public async Task Tls_from_the_first_octet_works_as_well()
    {
        await using var rig = new ProxyRig(on);
        var client = await rig.ConnectAsync(MailProtocol.Sieve, ListenerTlsMode.Implicit);
        await client.BecomeEncryptedAsync(rig.ClientTls);
        Assert.DoesNotContain("\"STARTTLS\"", await client.ExpectUntilAsync("OK *"));
    }

    private static async Task<DialogueClient> ConnectAsync(ProxyRig rig)
    {
        var client = await rig.ConnectAsync(MailProtocol.Sieve);
        await client.ExpectUntilAsync("OK *");
        return client;
    }

    private static async Task<string> ExtensionsAsync(ProxyRig rig)
    {
        var lines = await (await rig.ConnectAsync(MailProtocol.Sieve)).ExpectUntilAsync("OK *");
        return lines.Single(line => line.StartsWith("\"SIEVE\"", StringComparison.Ordinal))["\"SIEVE\" \"".Length..^1];
    }

    private static Task LogInAsync(DialogueClient client, string user) =>
        client.SendLineAsync($"AUTHENTICATE \"PLAIN\" \"{Plain("secret", user)}\"");

    private static string Plain(string password, string user = Alice) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{user}\0{password}"));
}
