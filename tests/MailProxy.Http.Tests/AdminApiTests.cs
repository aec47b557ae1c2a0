using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using MailProxy.Http.Admin;
using MailProxy.Testing;
using Microsoft.Extensions.Logging;
using Xunit;

namespace MailProxy.Http.Tests;

/// <summary>Who is let in at the admin API, what it answers, and where its client sends a token.</summary>
public sealed class AdminApiTests : IAsyncDisposable
{
    private const string Token = "a-token-of-some-length";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TestAuthority _authority = new();
    private readonly RecordingLogger _log = new();
    private readonly FixedAdminNode _node = new();
    private readonly List<IAsyncDisposable> _parts = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var part in _parts)
        {
            await part.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer")]
    [InlineData("Bearer a-token-of-some-lengtH")]
    [InlineData("Bearer a-token-of-some-length-and-more")]
    [InlineData("Basic a-token-of-some-length")]
    public async Task Without_the_token_every_path_answers_401_and_nothing_happens(string? header)
    {
        var at = await StartAsync(token: true);
        using var http = new HttpClient();
        foreach (var (method, path) in new[]
        {
            (HttpMethod.Get, "/v1/node"), (HttpMethod.Get, "/v1/sessions"), (HttpMethod.Post, "/v1/sessions/kick?user=a"), (HttpMethod.Post, "/v1/drain"),
            (HttpMethod.Post, "/v1/undrain"), (HttpMethod.Post, "/v1/reload"), (HttpMethod.Get, "/nothing"),
        })
        {
            using var request = new HttpRequestMessage(method, new Uri(at, path));
            if (header is not null)
            {
                request.Headers.TryAddWithoutValidation("Authorization", header);
            }

            using var response = await http.SendAsync(request);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
        }

        Assert.Empty(_node.Asked);
        Assert.Contains(_log.Entries, entry => entry.Level == LogLevel.Warning && entry.Text.Contains("GET /v1/node", StringComparison.Ordinal));
        Assert.DoesNotContain(_log.Entries, entry => entry.Text.Contains("a-token", StringComparison.Ordinal));
    }

    [Fact]
    public async Task With_the_token_the_client_reads_lists_kicks_drains_and_reloads()
    {
        var at = await StartAsync(token: true);
        using var client = Client(AdminToken.Of(Token));
        Assert.Equal(2, (await client.NodeAsync(at, default)).Value!.ByStore["store-1"]);
        var session = Assert.Single((await client.SessionsAsync(at, "a+b@example.org", "x", 7, default)).Value!.Sessions);
        Assert.Equal(("a+b@example.org", 1.5, 20L), (session.User, session.Seconds, session.BytesOut));
        Assert.Equal(2, (await client.KickAsync(at, "a+b&id=1@example.org", null, default)).Value!.Sessions);
        Assert.Equal(1, (await client.KickAsync(at, null, "3dsx0bbsj4n98", default)).Value!.Sessions);
        Assert.Equal("refusing", (await client.DrainAsync(at, 90, default)).Value!.State);
        Assert.Equal("refusing", (await client.DrainAsync(at, null, default)).Value!.State);
        Assert.Equal("serving", (await client.UndrainAsync(at, default)).Value!.State);
        Assert.Equal(["Node:Name"], (await client.ReloadAsync(at, default)).Value!.NeedRestart);
        Assert.Equal(
            ["sessions a+b@example.org x 7", "kick user a+b&id=1@example.org", "kick id 3dsx0bbsj4n98", "drain 00:01:30", "drain "], _node.Asked);
        _node.Trouble = "Cannot listen on 0.0.0.0:143.";
        Assert.Contains("409: Cannot listen on 0.0.0.0:143.", (await client.UndrainAsync(at, default)).Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/sessions/kick", "user=NAME or id=SESSION")]
    [InlineData("/v1/sessions/kick?user=a&id=b", "user=NAME or id=SESSION")]
    [InlineData("/v1/drain?deadline=0", "deadline takes 1 to 86400")]
    [InlineData("/v1/drain?deadline=soon", "deadline takes 1 to 86400")]
    public async Task What_cannot_be_done_is_told_and_not_done(string path, string told)
    {
        var at = await StartAsync(token: true);
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        using var response = await http.PostAsync(new Uri(at, path), null);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(told, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(_node.Asked);
    }

    [Fact]
    public async Task Where_operators_show_certificates_nobody_else_gets_through_the_handshake()
    {
        var at = await StartAsync(token: false, tls: true);
        using (var none = Client(null, _authority.Authorities))
        {
            Assert.NotNull((await none.NodeAsync(at, default)).Problem);
        }

        using (var foreign = Client(null, _authority.Authorities, new TestAuthority().Client("operator")))
        {
            Assert.NotNull((await foreign.NodeAsync(at, default)).Problem);
        }

        // A server's certificate of the same CA is no operator's.
        using (var server = Client(null, _authority.Authorities, _authority.Server()))
        {
            Assert.NotNull((await server.NodeAsync(at, default)).Problem);
        }

        using var right = Client(null, _authority.Authorities, _authority.Client("operator"));
        var answer = await right.NodeAsync(at, default);
        Assert.True(answer.Value is not null, answer.Problem);
    }

    [Fact]
    public async Task Where_both_are_configured_both_are_asked_for()
    {
        var at = await StartAsync(token: true, tls: true);
        using (var certificate = Client(null, _authority.Authorities, _authority.Client("operator")))
        {
            Assert.Contains("401", (await certificate.NodeAsync(at, default)).Problem, StringComparison.Ordinal);
        }

        using var both = Client(AdminToken.Of(Token), _authority.Authorities, _authority.Client("operator"));
        Assert.NotNull((await both.NodeAsync(at, default)).Value);
    }

    [Theory]
    [InlineData("http://192.0.2.1:8083/", "nothing is sent there")]
    [InlineData("http://localhost.example.org:8083/", "nothing is sent there")]
    [InlineData("https://127.0.0.1:8083/", "Admin:Authorities")]
    [InlineData("ftp://127.0.0.1/", "nothing is sent there")]
    public async Task A_token_goes_to_this_machine_or_over_verified_tls_and_nowhere_else(string url, string told)
    {
        using var client = Client(AdminToken.Of(Token));
        Assert.Contains(told, (await client.NodeAsync(new Uri(url), default)).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_with_a_certificate_of_another_ca_hears_no_token()
    {
        var at = await StartAsync(token: true, tls: true);
        using var client = Client(AdminToken.Of(Token), new TestAuthority().Authorities, _authority.Client("operator"));
        var problem = (await client.NodeAsync(at, default)).Problem;
        Assert.Contains("certificate", problem, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(_log.Entries, entry => entry.Text.Contains("refused", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nobody_there_is_one_phrase()
    {
        var at = await StartAsync(token: true);
        await _parts[0].DisposeAsync();
        using var client = Client(AdminToken.Of(Token));
        Assert.StartsWith(at.Authority, (await client.NodeAsync(at, default)).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_prints_stars_and_a_bad_one_is_not_quoted()
    {
        Assert.Equal("***", AdminToken.Of(Token).ToString());
        Assert.DoesNotContain("sh0rt", AdminToken.Problem("sh0rt"), StringComparison.Ordinal);
        Assert.NotNull(AdminToken.Problem(new string('a', AdminToken.LeastLength - 1)));
        Assert.Null(AdminToken.Problem(new string('a', AdminToken.LeastLength)));
        Assert.Null(AdminToken.Problem(new string('a', AdminToken.MostLength)));
        Assert.NotNull(AdminToken.Problem(new string('a', AdminToken.MostLength + 1)));
        Assert.NotNull(AdminToken.Problem("a token with blanks in it"));
        Assert.Null(AdminToken.Problem(AdminToken.Generate()));
        Assert.True(AdminToken.Of(Token).Is(Token));
        Assert.False(AdminToken.Of(Token).Is(""));
    }

    private static AdminClient Client(AdminToken? token, X509Certificate2Collection? authorities = null, X509Certificate2? certificate = null) =>
        new(new AdminClientSettings(token, authorities, certificate, Patience));

    private async Task<Uri> StartAsync(bool token, bool tls = false)
    {
        var server = new AdminServer(
            new IPEndPoint(IPAddress.Loopback, 0), () => token ? AdminToken.Of(Token) : null, tls ? Handshake : null, _node, new LoggerFactory([new OneLogger(_log)]));
        _parts.Add(server);
        await server.StartAsync(CancellationToken.None);
        return new Uri($"{(tls ? "https" : "http")}://{server.EndPoint}");
    }

    private SslServerAuthenticationOptions Handshake()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        policy.CustomTrustStore.AddRange(_authority.Authorities);
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(_authority.Server(), null, offline: true),
            ClientCertificateRequired = true,
            CertificateChainPolicy = policy,
        };
    }

    private sealed class OneLogger(RecordingLogger log) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => log;

        public void Dispose()
        {
            // The log is the test's.
        }
    }
}
