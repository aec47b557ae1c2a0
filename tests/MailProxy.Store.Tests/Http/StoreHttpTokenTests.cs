using System.Net;
using System.Net.Http.Headers;
using MailProxy.Store.Access;
using MailProxy.Store.Access.Tokens;
using MailProxy.Store.Http;
using MailProxy.Store.Tests.Access.Tokens;
using MailProxy.Store.Tests.Engine;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MailProxy.Store.Tests.Http;

public sealed class StoreHttpTokenTests : IAsyncLifetime
{
    private readonly TokenRig _rig = new();
    private readonly HttpClient _client = new();
    private TestStore? _store;
    private StoreHttpServer? _server;

    public async ValueTask InitializeAsync()
    {
        _store = await TestStore.OpenAsync();
        var access = new StoreAccess(new AccessOptions { TokenKeysFile = _rig.KeysFile, AllowClearText = true }, _rig.Verifier);
        _server = new StoreHttpServer(new IPEndPoint(IPAddress.Loopback, 0), "store-1", _store.Engine, access, null, NullLoggerFactory.Instance);
        await _server.StartAsync(TestStore.Stop);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _client.Dispose();
        await _server!.DisposeAsync();
        await _store!.DisposeAsync();
        _rig.Dispose();
    }

    [Fact]
    public async Task A_token_lets_a_request_in_once()
    {
        var token = Make();
        using var first = await AskAsync(token, "alice@example.org");
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Contains("\"alice@example.org\"", await first.Content.ReadAsStringAsync(TestStore.Stop), StringComparison.Ordinal);
        using var second = await AskAsync(token, "alice@example.org");
        Assert.Equal(HttpStatusCode.Unauthorized, second.StatusCode);
        Assert.Equal("Bearer error=\"invalid_token\"", second.Headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task The_header_cannot_make_another_user_of_it()
    {
        using var answer = await AskAsync(Make(), "bob@example.org");
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        using var without = await AskAsync(null, "alice@example.org");
        Assert.Equal(HttpStatusCode.Forbidden, without.StatusCode);
        using var imap = await AskAsync(_rig.Make(), "alice@example.org");
        Assert.Equal(HttpStatusCode.Unauthorized, imap.StatusCode);
    }

    private string Make() => _rig.Make(token => token.Claims[StoreToken.Protocol] = "http");

    private Task<HttpResponseMessage> AskAsync(string? token, string user)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{_server!.Port}/v1/me");
        request.Headers.Add(StoreHttpServer.UserHeader, user);
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return _client.SendAsync(request, TestStore.Stop);
    }
}
