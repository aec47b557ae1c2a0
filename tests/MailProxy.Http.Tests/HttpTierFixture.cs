using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Text;
using System.Text.Json;
using MailProxy.Http.Health;
using MailProxy.Routing.Catalog;
using MailProxy.Routing.Health;
using MailProxy.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MailProxy.Http.Tests;

/// <summary>A tier on loopback with two stores.</summary>
public abstract class HttpTierFixture : IAsyncLifetime
{
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private HttpTier? _tier;

    internal FixedDirectory Directory { get; } = new();

    internal FixedRouter Router { get; } = new();

    /// <summary>What is known of stores' addresses.</summary>
    protected StoreHealthMonitor Health { get; } = new(new StoreHealthOptions(), NullLogger.Instance, TimeProvider.System, new Random(1));

    internal TestStore? First { get; private set; }

    internal TestStore? Second { get; private set; }

    protected TestAuthority Authority { get; } = new();

    protected HttpClient Client { get; } = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false });

    protected Uri User => new($"http://{_tier!.UserEndPoint}");

    protected Uri Admin => new($"http://{_tier!.AdminEndPoint}");

    protected HttpTier Tier => _tier!;

    protected virtual HttpOptions Options { get; } = new() { Listen = "127.0.0.1:0", Admin = "127.0.0.1:0", AgentCheck = "127.0.0.1:0" };

    protected virtual IReadOnlyList<IReadinessCheck> Checks => [];

    // By which token stores let requests in, where one is needed.
    protected virtual StoreTokenAnswer TokenFor(StoreNode store, string user) => StoreTokenAnswer.NotNeeded;

    protected AgentReport Report { get; set; } = new(AgentState.Ready);

    public async ValueTask InitializeAsync()
    {
        First = await TestStore.StartAsync("store-1", Authority);
        Second = await TestStore.StartAsync("store-2", Authority);
        Router.SetStore("store-1", First.EndPoint);
        Router.SetStore("store-2", Second.EndPoint);
        Router.Pin("alice@example.org", "store-1");
        Router.Pin("bob@example.org", "store-2");
        _tier = Create(Options);
        await _tier.StartAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Client.Dispose();
        await _tier!.StopAsync(CancellationToken.None);
        await _tier.DisposeAsync();
        await First!.DisposeAsync();
        await Second!.DisposeAsync();
        Health.Dispose();
    }

    // What TLS handshakes are given from now on.
    protected SslStreamCertificateContext Certificate { get => field ??= SslStreamCertificateContext.Create(Authority.Server(), null, offline: true); set; }

    internal HttpTier Create(HttpOptions options) => new(
        options,
        Directory,
        Router,
        new StoreHttpClientSettings(Authority.Authorities, Authority.Client("proxy-1"), TokenFor),
        Checks,
        () => Report,
        _ => Certificate,
        NullLoggerFactory.Instance,
        TimeProvider.System,
        Health);

    protected static HttpRequestMessage Request(Uri uri, string user, string password = "secret", HttpMethod? method = null)
    {
        var request = new HttpRequestMessage(method ?? HttpMethod.Get, uri);
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
        return request;
    }

    internal static async Task<TestStore.Answer> AnswerAsync(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var answer = JsonSerializer.Deserialize<TestStore.Answer>(await response.Content.ReadAsStringAsync())!;
        // HTTP/2 writes names in lower case.
        return answer with { Headers = new Dictionary<string, string>(answer.Headers, StringComparer.OrdinalIgnoreCase) };
    }

    protected Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => Client.SendAsync(request).WaitAsync(Patience);

    protected static async Task RefusedForNowAsync(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.True(response.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        Assert.Equal("Temporary failure, please try again later.\n", await response.Content.ReadAsStringAsync());
    }
}
