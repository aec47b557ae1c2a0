using System.Net;
using System.Security.Cryptography.X509Certificates;
using MailProxy.Store.Access;
using MailProxy.Store.Http;
using MailProxy.Store.Moves;
using MailProxy.Store.Moves.Api;
using MailProxy.Store.Tests.Engine;
using MailProxy.Store.Tests.Serving;
using MailProxy.Transport.Tls;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using static MailProxy.Store.Tests.Engine.TestStore;

namespace MailProxy.Store.Tests.Moves;

/// <summary>Who may read and who may move: by certificate, over real TLS.</summary>
public sealed class TlsMoveTests : IAsyncLifetime
{
    private TestStore _source = null!;
    private TestStore _target = null!;
    private StoreMoves _sourceMoves = null!;
    private StoreHttpServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _source = await TestStore.OpenAsync();
        _target = await TestStore.OpenAsync();
        await _source.DeliverAsync("over TLS", Alice);
        _sourceMoves = new(_source.Engine, new MoveOptions(), "store-1", () => new HttpClient(), NullLogger.Instance, TimeProvider.System);
        var access = new StoreAccess(new AccessOptions { TrustedClients = { "proxy-1" }, TrustedStores = { "store-2" } });
        var tls = new ServerTls(Certificates.ServerSettings with { Certificates = [Certificates.LocalServer] });
        _server = new(new IPEndPoint(IPAddress.Loopback, 0), "store-1", _source.Engine, access, tls, NullLoggerFactory.Instance, _sourceMoves);
        await _server.StartAsync(Stop);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _server.DisposeAsync();
        await _sourceMoves.DisposeAsync();
        await _source.DisposeAsync();
        await _target.DisposeAsync();
    }

    [Fact]
    public async Task A_trusted_store_pulls()
    {
        var progress = await PullAsync(Certificates.StoreClient, Certificates.Authorities);
        Assert.Equal((PullPhase.Done, null, 1L), (progress.Phase, progress.Error, progress.Messages));
    }

    [Fact]
    public async Task Others_do_not_pull_and_are_told_what_is_missing()
    {
        foreach (var certificate in new[] { Certificates.OtherClient, null })
        {
            var progress = await PullAsync(certificate, Certificates.Authorities);
            Assert.Equal(PullPhase.Failed, progress.Phase);
            Assert.Contains("Access:TrustedStores", progress.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_right_name_of_another_CA_is_nobody()
    {
        var progress = await PullAsync(Certificates.Strangers, Certificates.Authorities);
        Assert.Equal((PullPhase.Failed, 0L), (progress.Phase, progress.Messages));
    }

    [Fact]
    public async Task A_source_of_another_CA_is_not_believed()
    {
        var progress = await PullAsync(Certificates.StoreClient, [Certificates.Strangers]);
        Assert.Equal(PullPhase.Failed, progress.Phase);
        Assert.Contains(Address, progress.Error, StringComparison.Ordinal);
        Assert.Equal(PullPhase.Failed, (await PullAsync(Certificates.StoreClient, null)).Phase);
    }

    [Fact]
    public async Task A_store_may_read_and_nothing_else()
    {
        using var http = Client(Certificates.StoreClient);
        var store = new StoreMoveClient(http);
        foreach (var step in (Func<Task>[])
        [
            () => store.GetAsync(Alice, Stop),
            () => store.HoldAsync(Alice, new HoldRequest("m-1", 60), Stop),
            () => store.PurgeLeftBehindAsync(Alice, "m-1", Stop),
            () => store.PullAsync(Alice, new PullRequest("m-1", Address), Stop),
        ])
        {
            var error = await Assert.ThrowsAsync<StoreMoveException>(step);
            Assert.Equal(HttpStatusCode.Forbidden, error.Status);
            Assert.Contains("Access:TrustedClients", error.Message, StringComparison.Ordinal);
        }

        using var proxy = Client(Certificates.Proxy);
        Assert.Equal(UserServing.Held, (await new StoreMoveClient(proxy).HoldAsync(Alice, new HoldRequest("m-1", 60), Stop)).Serving);
    }

    [Fact]
    public async Task Users_HTTP_of_a_held_user_waits_and_of_one_who_left_is_misdirected()
    {
        var hold = (await _sourceMoves.HoldAsync(Alice, "m-1", TimeSpan.FromSeconds(60), Stop)).Hold!;
        using (var held = await AskAsync())
        {
            Assert.Equal((HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(2)), (held.StatusCode, held.Headers.RetryAfter!.Delta));
        }

        await _sourceMoves.FenceAsync(Alice, new FenceRequest("m-1", hold, new("store-2", "store-2.test", 1, 2, 3)), Stop);
        using var left = await AskAsync();
        Assert.Equal(HttpStatusCode.MisdirectedRequest, left.StatusCode);
    }

    private string Address => $"https://127.0.0.1:{_server.Port}/";

    private HttpClient Client(X509Certificate2? certificate)
    {
        var client = PullClients.Create(certificate, Certificates.Authorities, 2);
        client.BaseAddress = new Uri(Address);
        return client;
    }

    private async Task<HttpResponseMessage> AskAsync()
    {
        using var client = Client(Certificates.Proxy);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/me");
        request.Headers.Add(StoreHttpServer.UserHeader, Alice);
        return await client.SendAsync(request, Stop);
    }

    private async Task<PullProgress> PullAsync(X509Certificate2? certificate, X509Certificate2Collection? authorities)
    {
        await using var moves = new StoreMoves(
            _target.Engine, new MoveOptions(), "store-2", () => PullClients.Create(certificate, authorities, 2), NullLogger.Instance, TimeProvider.System);
        await moves.PullAsync(Alice, "m-1", new Uri(Address), Stop);
        PullProgress progress;
        do
        {
            progress = await moves.GetPullAsync(Alice, "m-1", TimeSpan.FromSeconds(30), Stop);
        }
        while (progress.Phase == PullPhase.Running);
        return progress;
    }
}
