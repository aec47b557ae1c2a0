using System.Text;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;
using MailProxy.Testing.OAuth;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Clients;

/// <summary>curl with tokens through a proxy whose directory is an issuer and a file, into the reference store.</summary>
[Collection(nameof(DevClusterCollection))]
public sealed class CurlBearerTests(DevClusterFixture cluster, TokenProxyFixture tokens) : IClassFixture<TokenProxyFixture>, IDisposable
{
    // CURLE_LOGIN_DENIED.
    private const int Denied = 67;

    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("OAUTHBEARER")]
    [InlineData("XOAUTH2")]
    public async Task A_good_token_sends_and_reads_mail(string mechanism)
    {
        ForeignProgram.Require("curl");
        var user = cluster.TakeUser("store-2");
        var message = Messages.Make("token " + mechanism);
        await File.WriteAllTextAsync(_folder.File("m"), message, Encoding.Latin1, TestContext.Current.CancellationToken);
        var token = tokens.Issuer.Token(user: user);
        (await CurlAsync(user, token, mechanism, tokens.Url("smtps", "submission"), "--mail-from", user, "--mail-rcpt", user, "--upload-file", _folder.File("m"))).Expect(0);
        var imap = (await CurlAsync(user, token, mechanism, tokens.Url("imaps", "imap") + "/INBOX;MAILINDEX=1", "--sasl-ir")).Expect(0);
        Assert.Equal(message, Messages.WithoutTrace(Encoding.Latin1.GetBytes(imap.Output)));
        Assert.Equal(imap.Output, (await CurlAsync(user, token, mechanism, tokens.Url("pop3s", "pop3") + "/1")).Expect(0).Output);
        var http = await ForeignProgram.RunAsync("curl", ["--silent", "--fail", "--oauth2-bearer", token, tokens.Url("http", "http") + "/v1/me"]);
        Assert.StartsWith($"{{\"user\":\"{user}\",\"store\":\"store-2\"", http.Expect(0).Output, StringComparison.Ordinal);

        // Passwords go on working beside them.
        (await ForeignProgram.RunAsync("curl", ["--silent", "--cacert", cluster.Authority, "--user", user + ":secret", tokens.Url("imaps", "imap")])).Expect(0);
    }

    [Theory]
    [InlineData("OAUTHBEARER")]
    [InlineData("XOAUTH2")]
    public async Task Whatever_is_wrong_with_a_token_is_a_login_that_was_denied(string mechanism)
    {
        ForeignProgram.Require("curl");
        var user = cluster.TakeUser();
        using var stranger = TestKey.Rsa("key-1");
        var now = tokens.Issuer.Now();
        foreach (var token in new[]
        {
            tokens.Issuer.Token(claims => claims["exp"] = now - 3_600, user: user), tokens.Issuer.Token(claims => claims["aud"] = "calendar", user: user),
            tokens.Issuer.Token(claims => claims["nbf"] = now + 3_600, user: user), tokens.Issuer.Token(claims => claims["scope"] = "openid", user: user),
            tokens.Issuer.Token(key: stranger, user: user), tokens.Issuer.Token(user: "somebody.else@example.org"), "nonsense",
        })
        {
            foreach (var url in new[] { tokens.Url("imaps", "imap"), tokens.Url("pop3s", "pop3"), tokens.Url("smtps", "submission") })
            {
                (await CurlAsync(user, token, mechanism, url)).Expect(Denied);
            }
        }

        Assert.DoesNotContain("nonsense", tokens.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_issuer_that_is_away_is_temporary_and_said_so()
    {
        ForeignProgram.Require("curl");
        var user = cluster.TakeUser();
        tokens.Issuer.Instead = context =>
        {
            context.Abort();
            return Task.FromResult(true);
        };

        try
        {
            await ExpectUnavailableAsync(user);
        }
        finally
        {
            tokens.Issuer.Instead = null;
        }
    }

    private async Task ExpectUnavailableAsync(string user)
    {
        // Its keys are known still; a new one cannot be looked at.
        (await CurlAsync(user, tokens.Issuer.Token(user: user), "OAUTHBEARER", tokens.Url("imaps", "imap"))).Expect(0);
        using var next = TestKey.Rsa("key-2");
        var token = tokens.Issuer.Token(key: next, user: user);

        // What was fetched within ten seconds is not fetched again.
        ProgramResult result;
        do
        {
            await Beat.WaitAsync(1_000, TestContext.Current.CancellationToken);
            result = await CurlAsync(user, token, "OAUTHBEARER", tokens.Url("imaps", "imap"), "--verbose");
        }
        while (result.Errors.Contains("NO [AUTHENTICATIONFAILED]", StringComparison.Ordinal));
        Assert.Contains("NO [UNAVAILABLE]", result.Errors, StringComparison.Ordinal);
    }

    private Task<ProgramResult> CurlAsync(string user, string token, string mechanism, string url, params string[] more) => ForeignProgram.RunAsync(
        "curl",
        ["--silent", "--show-error", "--cacert", cluster.Authority, "--user", user + ":", "--oauth2-bearer", token, "--login-options", "AUTH=" + mechanism, .. more, url]);
}
