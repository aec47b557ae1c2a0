using System.Text;
using MailProxy.Store.Access;
using MailProxy.Store.Tests.Access.Tokens;
using MailProxy.Store.Tests.Engine;
using MailProxy.Store.Tests.Serving;
using Xunit;

namespace MailProxy.Store.Tests.Pop3;

public sealed class Pop3LoginTests : Pop3ServerFixture
{
    [Fact]
    public async Task Capabilities_follow_the_connection()
    {
        await using var dialogue = await Dialogue.InClearAsync(Pop3.ServeAsync, Certificates.Proxy);
        await dialogue.PlayAsync($"""
            S: +OK store.test POP3 ready
            C: CAPA
            S: +OK
            S: UIDL
            S: TOP
            S: RESP-CODES
            S: AUTH-RESP-CODE
            S: PIPELINING
            S: STLS
            S: .
            C: AUTH
            S: +OK
            S: .
            C: STLS
            S: +OK *
            TLS
            C: CAPA
            S: +OK
            S: UIDL
            S: TOP
            S: RESP-CODES
            S: AUTH-RESP-CODE
            S: PIPELINING
            S: SASL EXTERNAL
            S: XCLIENT ADDR PORT SESSION TTL
            S: .
            C: STLS
            S: -ERR *
            C: XCLIENT ADDR=192.0.2.1 PORT=4000 SESSION=abc TTL=4
            S: +OK
            C: AUTH
            S: +OK
            S: EXTERNAL
            S: .
            {LogIn}
            C: CAPA
            S: +OK
            S: UIDL
            S: TOP
            S: RESP-CODES
            S: AUTH-RESP-CODE
            S: PIPELINING
            S: .
            C: AUTH EXTERNAL YWxpY2VAZXhhbXBsZS5vcmc=
            S: -ERR Not after log-in.
            """);
    }

    [Fact]
    public async Task Nobody_logs_in_in_clear_or_without_a_certificate()
    {
        await using var clear = await Dialogue.InClearAsync(Pop3.ServeAsync);
        await clear.PlayAsync("""
            S: +OK *
            C: AUTH EXTERNAL YWxpY2VAZXhhbXBsZS5vcmc=
            S: -ERR [AUTH] *
            C: USER alice@example.org
            S: -ERR *
            C: PASS secret
            S: -ERR *
            C: XCLIENT ADDR=192.0.2.1
            S: -ERR *
            C: STAT
            S: -ERR Log in first.
            """);
        await using var encrypted = await Dialogue.WithTlsAsync(Pop3.ServeAsync, Certificates.OtherClient);
        await encrypted.PlayAsync("""
            S: +OK *
            C: AUTH EXTERNAL YWxpY2VAZXhhbXBsZS5vcmc=
            S: -ERR [AUTH] *
            C: AUTH PLAIN AGFsaWNlQGV4YW1wbGUub3JnAHNlY3JldA==
            S: -ERR [AUTH] *
            C: AUTH LOGIN
            S: -ERR [AUTH] *
            S: -ERR [AUTH] Too many *
            END
            """);
    }

    [Fact]
    public async Task The_response_may_follow_the_challenge_or_be_cancelled()
    {
        await using var dialogue = await ConnectAsync();
        await dialogue.PlayAsync("""
            S: +OK *
            C: AUTH EXTERNAL
            S: + 
            C: *
            S: -ERR Authentication cancelled.
            C: AUTH external
            S: + 
            C: YWxpY2VAZXhhbXBsZS5vcmc=
            S: +OK *
            """);
    }

    [Theory]
    [InlineData("AUTH EXTERNAL =")]
    [InlineData("AUTH EXTERNAL !!!!")]
    [InlineData("AUTH EXTERNAL YWxpY2U=")]
    [InlineData("AUTH EXTERNAL YWxpY2VAZXhhbXBsZS5vcmcA")]
    public async Task A_response_that_names_nobody_lets_nobody_in(string command)
    {
        await using var dialogue = await ConnectAsync();
        await dialogue.PlayAsync($"S: +OK *\nC: {command}\nS: -ERR *\nC: STAT\nS: -ERR Log in first.\n{LogIn}C: STAT\nS: +OK 0 0");
    }

    [Fact]
    public async Task The_master_account_logs_in_over_tls()
    {
        using var password = new TemporaryFile("master password");
        var server = Server(new AccessOptions { MasterUser = "proxy", MasterPasswordFile = password.FullName });
        string Response(string message) => Convert.ToBase64String(Encoding.UTF8.GetBytes(message));
        await using var dialogue = await Dialogue.InClearAsync(server.ServeAsync);
        await dialogue.PlayAsync($"""
            S: +OK *
            C: AUTH PLAIN {Response("alice@example.org\0proxy\0master password")}
            S: -ERR [AUTH] *
            C: STLS
            S: +OK *
            TLS
            C: AUTH PLAIN {Response("alice@example.org\0proxy\0wrong")}
            S: -ERR [AUTH] *
            C: AUTH PLAIN {Response("alice@example.org\0proxy\0master password")}
            S: +OK *
            C: STAT
            S: +OK 0 0
            """);
    }

    [Fact]
    public async Task A_token_lets_in_over_tls_once()
    {
        using var rig = new TokenRig();
        var server = Server(new AccessOptions { TokenKeysFile = rig.KeysFile }, tokens: rig.Verifier);
        string Response(string protocol) => TokenRig.Message(rig.Make(token => token.Claims["protocol"] = protocol));
        var good = Response("pop3");
        await using var dialogue = await Dialogue.InClearAsync(server.ServeAsync);
        await dialogue.PlayAsync($"""
            S: +OK *
            C: AUTH OAUTHBEARER {Response("pop3")}
            S: -ERR [AUTH] *
            C: STLS
            S: +OK *
            TLS
            C: AUTH
            S: +OK
            S: OAUTHBEARER
            S: .
            C: AUTH OAUTHBEARER {Response("imap")}
            S: + eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIn0=
            C: AQ==
            S: -ERR [AUTH] *
            C: AUTH OAUTHBEARER
            S: + 
            C: {good}
            S: +OK *
            C: STAT
            S: +OK 0 0
            """);
        await using var thief = await Dialogue.WithTlsAsync(server.ServeAsync, null);
        await thief.PlayAsync($"""
            S: +OK *
            C: AUTH OAUTHBEARER {good}
            S: + *
            C: AQ==
            S: -ERR [AUTH] *
            """);
    }

    [Fact]
    public async Task A_token_that_cannot_be_noted_is_a_temporary_failure()
    {
        using var rig = new TokenRig(mostRemembered: 0);
        var server = Server(new AccessOptions { TokenKeysFile = rig.KeysFile }, tokens: rig.Verifier);
        await using var dialogue = await Dialogue.WithTlsAsync(server.ServeAsync, null);
        await dialogue.PlayAsync($"""
            S: +OK *
            C: AUTH OAUTHBEARER {TokenRig.Message(rig.Make(token => token.Claims["protocol"] = "pop3"))}
            S: -ERR [SYS/TEMP] *
            """);
    }

    [Fact]
    public async Task Bytes_behind_stls_end_the_session()
    {
        await using var dialogue = await Dialogue.InClearAsync(Pop3.ServeAsync);
        await dialogue.PlayAsync("S: +OK *\nC: STLS\nC: CAPA\n");

        // The reset may overtake the answer to STLS; the command behind it is never answered.
        var answers = new List<string>();
        while (await dialogue.ReadLineAsync() is { } line)
        {
            answers.Add(line);
        }

        Assert.DoesNotContain("UIDL", answers);
        await dialogue.PlayAsync("END");
    }
}
