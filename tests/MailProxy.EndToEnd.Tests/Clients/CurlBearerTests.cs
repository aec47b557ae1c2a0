using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;
using MailProxy.Testing.OAuth;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Clients;

/// <summary>curl with tokens through a proxy whose directory is an issuer and a file, into the reference store.</summary>
[Collection(nameof(DevClusterCollection))]
public sealed partial class CurlBearerTests(DevClusterFixture cluster) : IAsyncLifetime
{
    // CURLE_LOGIN_DENIED.
    private const int Denied = 67;

    private readonly TempDirectory _folder = new();
    private readonly Dictionary<string, string> _addresses = [];
    private TestIssuer _issuer = null!;
    private MailProxyProcess _proxy = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await TestIssuer.StartAsync();
        var tls = Path.Combine(cluster.Data, "tls");
        await File.WriteAllTextAsync(_folder.File("proxy.json"), JsonSerializer.Serialize(new
        {
            Node = new { Name = "tokens", HostName = "localhost" },
            Listeners = new[] { Listener("imap", "implicit"), Listener("pop3", "implicit"), Listener("submission", "implicit") },
            Tls = new { Certificate = Path.Combine(tls, "localhost.pem"), Key = Path.Combine(tls, "localhost.key") },
            Directory = new
            {
                Provider = "chain",
                Chain = new object[]
                {
                    new { Name = "tokens", Provider = "oauth", OAuth = new { Issuer = _issuer.Url, Audiences = new[] { "mail" }, Scopes = new[] { "imap" }, Users = "staff" } },
                    new { Name = "staff", Provider = "file", File = new { Path = Path.Combine(cluster.Data, "users.json") } },
                },
            },
            Consul = new { Address = $"127.0.0.1:{cluster.Port(7500)}" },
            Stores = new
            {
                Login = "external",
                Tls = new { Authorities = cluster.Authority, ClientCertificate = Path.Combine(tls, "proxy-1.pem"), ClientKey = Path.Combine(tls, "proxy-1.key") },
            },
            Http = new { Listen = "127.0.0.1:0" },
        }));
        _proxy = MailProxyProcess.Start("proxy", "--config", _folder.File("proxy.json"));
        foreach (Match match in Bound().Matches(await _proxy.SeeAsync("serves imaps")))
        {
            _addresses[match.Groups[1].Value] = match.Groups[2].Value;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _issuer.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("OAUTHBEARER")]
    [InlineData("XOAUTH2")]
    public async Task A_good_token_sends_and_reads_mail(string mechanism)
    {
        ForeignProgram.Require("curl");
        var user = cluster.TakeUser("store-2");
        var message = Messages.Make("token " + mechanism);
        await File.WriteAllTextAsync(_folder.File("m"), message, Encoding.Latin1, TestContext.Current.CancellationToken);
        var token = _issuer.Token(user: user);
        (await CurlAsync(user, token, mechanism, Url("smtps", "submission"), "--mail-from", user, "--mail-rcpt", user, "--upload-file", _folder.File("m"))).Expect(0);
        var imap = (await CurlAsync(user, token, mechanism, Url("imaps", "imap") + "/INBOX;MAILINDEX=1", "--sasl-ir")).Expect(0);
        Assert.Equal(message, Messages.WithoutTrace(Encoding.Latin1.GetBytes(imap.Output)));
        Assert.Equal(imap.Output, (await CurlAsync(user, token, mechanism, Url("pop3s", "pop3") + "/1")).Expect(0).Output);
        var http = await ForeignProgram.RunAsync("curl", ["--silent", "--fail", "--oauth2-bearer", token, $"http://127.0.0.1:{_addresses["http"]}/v1/me"]);
        Assert.StartsWith($"{{\"user\":\"{user}\",\"store\":\"store-2\"", http.Expect(0).Output, StringComparison.Ordinal);

        // Passwords go on working beside them.
        (await ForeignProgram.RunAsync("curl", ["--silent", "--cacert", cluster.Authority, "--user", user + ":secret", Url("imaps", "imap")])).Expect(0);
    }

    [Theory]
    [InlineData("OAUTHBEARER")]
    [InlineData("XOAUTH2")]
    public async Task Whatever_is_wrong_with_a_token_is_a_login_that_was_denied(string mechanism)
    {
        ForeignProgram.Require("curl");
        var user = cluster.TakeUser();
        using var stranger = TestKey.Rsa("key-1");
        var now = _issuer.Now();
        foreach (var token in new[]
        {
            _issuer.Token(claims => claims["exp"] = now - 3_600, user: user), _issuer.Token(claims => claims["aud"] = "calendar", user: user),
            _issuer.Token(claims => claims["nbf"] = now + 3_600, user: user), _issuer.Token(claims => claims["scope"] = "openid", user: user),
            _issuer.Token(key: stranger, user: user), _issuer.Token(user: "somebody.else@example.org"), "nonsense",
        })
        {
            foreach (var url in new[] { Url("imaps", "imap"), Url("pop3s", "pop3"), Url("smtps", "submission") })
            {
                (await CurlAsync(user, token, mechanism, url)).Expect(Denied);
            }
        }

        Assert.DoesNotContain("nonsense", _proxy.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_issuer_that_is_away_is_temporary_and_said_so()
    {
        ForeignProgram.Require("curl");
        var user = cluster.TakeUser();
        _issuer.Instead = context =>
        {
            context.Abort();
            return Task.FromResult(true);
        };

        // Its keys are known still; a new one cannot be looked at.
        (await CurlAsync(user, _issuer.Token(user: user), "OAUTHBEARER", Url("imaps", "imap"))).Expect(0);
        using var next = TestKey.Rsa("key-2");
        var token = _issuer.Token(key: next, user: user);

        // What was fetched within ten seconds is not fetched again.
        ProgramResult result;
        do
        {
            await Beat.WaitAsync(1_000, TestContext.Current.CancellationToken);
            result = await CurlAsync(user, token, "OAUTHBEARER", Url("imaps", "imap"), "--verbose");
        }
        while (result.Errors.Contains("NO [AUTHENTICATIONFAILED]", StringComparison.Ordinal));
        Assert.Contains("NO [UNAVAILABLE]", result.Errors, StringComparison.Ordinal);
    }

    [GeneratedRegex("(imap|pop3|submission|http)s? 127\\.0\\.0\\.1:(\\d+)")]
    private static partial Regex Bound();

    private static object Listener(string protocol, string tls) => new { Protocol = protocol, Address = "127.0.0.1", Port = 0, Tls = tls };

    private string Url(string scheme, string listener) => string.Create(CultureInfo.InvariantCulture, $"{scheme}://localhost:{_addresses[listener]}");

    private Task<ProgramResult> CurlAsync(string user, string token, string mechanism, string url, params string[] more) => ForeignProgram.RunAsync(
        "curl",
        ["--silent", "--show-error", "--cacert", cluster.Authority, "--user", user + ":", "--oauth2-bearer", token, "--login-options", "AUTH=" + mechanism, .. more, url]);
}
