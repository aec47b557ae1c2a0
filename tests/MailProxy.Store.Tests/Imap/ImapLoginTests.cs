using System.Text;
using MailProxy.Store.Tests.Access.Tokens;
using MailProxy.Store.Tests.Serving;
using MailProxy.Transport.Tls;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MailProxy.Store.Tests.Imap;

public sealed class ImapLoginTests
{
    private static string Plain(string user, string password = ImapTestServer.Password) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}\0{ImapTestServer.Master}\0{password}"));

    [Fact]
    public async Task Master_login_with_and_without_initial_response()
    {
        await using var server = await ImapTestServer.StartAsync();
        await using var one = await server.ConnectAsync();
        Assert.Matches(@"OK \[CAPABILITY IMAP4rev1 .*IDLE.*\] Logged in\.", await one.OkAsync($"AUTHENTICATE PLAIN {Plain("alice@example.org")}"));
        await using var two = await server.ConnectAsync();
        await two.SendAsync("a AUTHENTICATE plain\r\n");
        Assert.Equal("+ \r\n", await two.ReadLineAsync());
        await two.SendAsync(Plain("alice@example.org") + "\r\n");
        Assert.StartsWith("a OK ", await two.ReadLineAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_cancelled_and_broken_logins_leave_nothing_behind()
    {
        await using var server = await ImapTestServer.StartAsync();
        await using var client = await server.ConnectAsync();
        Assert.Contains(" NO [AUTHENTICATIONFAILED] ", await client.CommandAsync($"AUTHENTICATE PLAIN {Plain("alice@example.org", "wrong")}"), StringComparison.Ordinal);
        Assert.Contains(" BAD ", await client.CommandAsync("AUTHENTICATE PLAIN !!!!"), StringComparison.Ordinal);
        Assert.Contains(" BAD ", await client.CommandAsync("AUTHENTICATE PLAIN ="), StringComparison.Ordinal);
        await client.SendAsync("a AUTHENTICATE PLAIN\r\n");
        await client.ReadLineAsync();
        await client.SendAsync("*\r\n");
        Assert.StartsWith("a BAD ", await client.ReadLineAsync(), StringComparison.Ordinal);
        Assert.Contains(" BAD Not in this state: log in first", await client.CommandAsync("SELECT INBOX"), StringComparison.Ordinal);
        Assert.Contains(" NO [AUTHENTICATIONFAILED] ", await client.CommandAsync("LOGIN alice@example.org secret"), StringComparison.Ordinal);
        await client.OkAsync($"LOGIN \"alice@example.org*{ImapTestServer.Master}\" {{{ImapTestServer.Password.Length}+}}\r\n{ImapTestServer.Password}");
    }

    [Fact]
    public async Task Too_many_failed_logins_end_the_connection()
    {
        await using var server = await ImapTestServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.CommandAsync("LOGIN a b");
        await client.CommandAsync("LOGIN a b");
        await client.SendAsync("x LOGIN a b\r\n");
        Assert.Contains("* BYE ", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_master_account_login_is_disabled_and_external_needs_our_certificate()
    {
        await using var server = await ImapTestServer.StartAsync(access: options =>
        {
            options.MasterUser = "";
            options.MasterPasswordFile = "";
            options.TrustedClients.Add("proxy-1");
        });
        await using var client = await server.ConnectAsync();
        var capability = await client.OkAsync("CAPABILITY");
        Assert.Contains(" STARTTLS LOGINDISABLED\r\n", capability, StringComparison.Ordinal);
        Assert.Contains(" NO [PRIVACYREQUIRED] ", await client.CommandAsync("LOGIN a b"), StringComparison.Ordinal);
        Assert.Contains(" NO [CANNOT] ", await client.CommandAsync("AUTHENTICATE EXTERNAL YWxpY2VAZXhhbXBsZS5vcmc="), StringComparison.Ordinal);
        await client.OkAsync("STARTTLS");
        Assert.Equal(TlsOutcome.Done, await client.Tls.BecomeClientAsync(Certificates.ClientSettings(Certificates.Proxy), CancellationToken.None));
        Assert.Contains(" AUTH=EXTERNAL\r\n", await client.OkAsync("CAPABILITY"), StringComparison.Ordinal);
        await client.OkAsync("AUTHENTICATE EXTERNAL YWxpY2VAZXhhbXBsZS5vcmc=");
        await client.OkAsync("SELECT INBOX");
    }

    [Fact]
    public async Task A_token_lets_in_once_and_its_refusal_is_json_that_the_client_must_answer()
    {
        using var rig = new TokenRig();
        await using var server = await ImapTestServer.StartAsync(tokens: rig.Verifier);
        await using var client = await server.ConnectAsync();
        Assert.Contains(" AUTH=OAUTHBEARER AUTH=PLAIN", await client.OkAsync("CAPABILITY"), StringComparison.Ordinal);
        await client.SendAsync($"a AUTHENTICATE OAUTHBEARER {TokenRig.Message(rig.Make(), "bob@example.org")}\r\n");
        Assert.Equal("+ eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIn0=\r\n", await client.ReadLineAsync());
        await client.SendAsync("AQ==\r\n");
        Assert.StartsWith("a NO [AUTHENTICATIONFAILED] ", await client.ReadLineAsync(), StringComparison.Ordinal);
        Assert.Contains(" BAD ", await client.CommandAsync("AUTHENTICATE OAUTHBEARER AQ=="), StringComparison.Ordinal);
        Assert.Contains(" BAD Not in this state", await client.CommandAsync("SELECT INBOX"), StringComparison.Ordinal);

        // Without an initial response, and of the longest kind.
        var token = rig.Make(descriptor => descriptor.Claims["padding"] = new string('x', 5_500));
        Assert.InRange(token.Length, 7_000, 8_192);
        await client.SendAsync("b AUTHENTICATE OAUTHBEARER\r\n");
        Assert.Equal("+ \r\n", await client.ReadLineAsync());
        await client.SendAsync(TokenRig.Message(token) + "\r\n");
        Assert.StartsWith("b OK ", await client.ReadLineAsync(), StringComparison.Ordinal);

        await using var thief = await server.ConnectAsync();
        await thief.SendAsync($"a AUTHENTICATE OAUTHBEARER {TokenRig.Message(token)}\r\n");
        Assert.StartsWith("+ ", await thief.ReadLineAsync(), StringComparison.Ordinal);
        await thief.SendAsync("AQ==\r\n");
        Assert.StartsWith("a NO [AUTHENTICATIONFAILED] ", await thief.ReadLineAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_cannot_be_noted_is_a_temporary_failure()
    {
        using var rig = new TokenRig(mostRemembered: 0);
        await using var server = await ImapTestServer.StartAsync(tokens: rig.Verifier);
        await using var client = await server.ConnectAsync();
        Assert.Contains(" NO [UNAVAILABLE] ", await client.CommandAsync($"AUTHENTICATE OAUTHBEARER {TokenRig.Message(rig.Make())}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_behind_starttls_end_the_session()
    {
        await using var server = await ImapTestServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.SendAsync("a STARTTLS\r\nb NOOP\r\n");

        // A reset may overtake the answer to STARTTLS.
        var exception = await Record.ExceptionAsync(async () => Assert.DoesNotContain("b OK", await client.ReadToEndAsync(), StringComparison.Ordinal));
        Assert.True(exception is null or IOException, exception?.ToString());
    }

    [Fact]
    public async Task Silence_ends_a_session_after_its_limit()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var server = await ImapTestServer.StartAsync(time: time);
        await using var client = await server.LogInAsync();
        await client.SendAsync("a IDLE\r\n");
        await client.ReadLineAsync();
        time.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal("* BYE Silent for too long.\r\n", await EndAsync(client, time, TimeSpan.FromMinutes(6)));
    }

    [Fact]
    public async Task A_client_that_never_logs_in_is_ended()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var server = await ImapTestServer.StartAsync(time: time);
        await using var client = await server.ConnectAsync();
        time.Advance(TimeSpan.FromSeconds(40));
        await client.OkAsync("NOOP");
        Assert.Equal("* BYE Silent for too long.\r\n", await EndAsync(client, time, TimeSpan.FromSeconds(21)));
    }

    [Fact]
    public async Task A_server_that_stops_says_goodbye()
    {
        await using var server = await ImapTestServer.StartAsync();
        await using var client = await server.LogInAsync();
        var stopping = server.StopAsync();
        Assert.StartsWith("* BYE [UNAVAILABLE] ", await client.ReadToEndAsync(), StringComparison.Ordinal);
        await stopping;
    }

    // The clock moves again when nothing came of it: the server may not yet have begun to wait at the first step.
    private static async Task<string> EndAsync(RawImapClient client, FakeTimeProvider time, TimeSpan step)
    {
        var end = client.ReadToEndAsync();
        while (true)
        {
            time.Advance(step);
            try
            {
                return await end.WaitAsync(TimeSpan.FromSeconds(2));
            }
            catch (TimeoutException) when (!end.IsCompleted)
            {
                step = TimeSpan.FromMinutes(1);
            }
        }
    }
}
