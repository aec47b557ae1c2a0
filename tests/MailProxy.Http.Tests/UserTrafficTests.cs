using System.Net;
using MailProxy.Directory;
using MailProxy.Routing.Catalog;
using MailProxy.Routing.Decisions;
using Xunit;

namespace MailProxy.Http.Tests;

public sealed class UserTrafficTests : HttpTierFixture
{
    private Uri Me => new(User, "/v1/me?x=1");

    [Fact]
    public async Task Each_user_comes_to_the_home_store_by_mutual_tls()
    {
        var alice = await AnswerAsync(await SendAsync(Request(Me, "alice@example.org")));
        var bob = await AnswerAsync(await SendAsync(Request(Me, "Bob@Example.org")));
        Assert.Equal(("store-1", "CN=proxy-1", "/v1/me?x=1", "alice@example.org"), (alice.Store, alice.Client, alice.Path, alice.Headers["X-MailProxy-User"]));
        Assert.Equal(("store-2", "bob@example.org"), (bob.Store, bob.Headers["X-MailProxy-User"]));
    }

    [Fact]
    public async Task The_directory_is_asked_as_http_with_the_clients_address()
    {
        await SendAsync(Request(Me, "alice@example.org"));
        var asked = Directory.Last!;
        Assert.Equal(("alice@example.org", "", "PLAIN", "http", IPAddress.Loopback, false), (asked.AuthenticationId, asked.AuthorizationId, asked.Mechanism, asked.Protocol, asked.Client?.Address, asked.IsEncrypted));
        Assert.Empty(asked.Secret.Octets.ToArray());
    }

    [Fact]
    public async Task A_pin_sends_the_next_request_elsewhere()
    {
        Assert.Equal("store-1", (await AnswerAsync(await SendAsync(Request(Me, "alice@example.org")))).Store);
        Router.Pin("alice@example.org", "store-2");
        Assert.Equal("store-2", (await AnswerAsync(await SendAsync(Request(Me, "alice@example.org")))).Store);
    }

    [Fact]
    public async Task A_store_that_moves_is_found_at_its_new_address()
    {
        Router.SetStore("store-1", Second!.EndPoint);
        // YARP takes a new configuration up on a thread of its own.
        TestStore.Answer answer;
        do
        {
            answer = await AnswerAsync(await SendAsync(Request(Me, "alice@example.org")));
        }
        while (answer.Store != "store-2");
        Assert.Equal("alice@example.org", answer.Headers["X-MailProxy-User"]);
    }

    [Fact]
    public async Task Nobody_can_say_who_they_are_by_header()
    {
        var request = Request(Me, "alice@example.org");
        request.Headers.TryAddWithoutValidation("X-MailProxy-User", "bob@example.org");
        request.Headers.TryAddWithoutValidation("x-mailproxy-USER", "carol@example.org");
        request.Headers.TryAddWithoutValidation("X_MailProxy_User", "bob@example.org");
        request.Headers.TryAddWithoutValidation("X-MailProxy-Admin", "yes");
        request.Headers.TryAddWithoutValidation("Connection", "X-MailProxy-User");
        request.Headers.TryAddWithoutValidation("Cookie", "session=stolen");
        var response = await SendAsync(request);
        var seen = (await AnswerAsync(response)).Headers;
        Assert.Equal("alice@example.org", seen["X-MailProxy-User"]);
        Assert.Equal(["x-mailproxy-user"], seen.Keys.Where(name => name.Contains("mailproxy", StringComparison.OrdinalIgnoreCase)).Select(name => name.ToLowerInvariant()));
        Assert.DoesNotContain("Authorization", seen.Keys);
        Assert.DoesNotContain("Cookie", seen.Keys);
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Bodies_pass_and_too_large_ones_do_not()
    {
        Options.MaxBodyBytes = 1000;
        var limited = Create(Options);
        await using (limited)
        {
            await limited.StartAsync(CancellationToken.None);
            var uri = new Uri($"http://{limited.UserEndPoint}/v1/notes");
            var fits = Request(uri, "alice@example.org", method: HttpMethod.Put);
            fits.Content = new StringContent(new string('x', 1000));
            Assert.Equal(1000, (await AnswerAsync(await SendAsync(fits))).Body.Length);
            var tooLarge = Request(uri, "alice@example.org", method: HttpMethod.Put);
            tooLarge.Content = new StringContent(new string('x', 1001));
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await SendAsync(tooLarge)).StatusCode);
            await limited.StopAsync(CancellationToken.None);
        }
    }

    [Fact]
    public async Task Without_credentials_there_is_a_challenge_at_once()
    {
        var response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, Me));
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Basic realm=\"mail\", charset=\"UTF-8\"", response.Headers.WwwAuthenticate.ToString());
        Assert.Null(Directory.Last);
    }

    [Fact]
    public async Task A_wrong_password_is_refused()
    {
        var response = await SendAsync(Request(Me, "alice@example.org", "wrong"));
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.NotEmpty(response.Headers.WwwAuthenticate);
    }

    [Fact]
    public async Task Who_guesses_is_told_to_wait_and_not_asked_for_another_password()
    {
        Directory.Right = AuthenticationOutcome.Throttled;
        var response = await SendAsync(Request(Me, "alice@example.org"));
        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.Empty(response.Headers.WwwAuthenticate);
    }

    [Theory]
    [InlineData(AuthenticationOutcome.Disabled, HttpStatusCode.Forbidden)]
    [InlineData(AuthenticationOutcome.Expired, HttpStatusCode.Forbidden)]
    public async Task Accounts_that_may_not_log_in_are_told_why(AuthenticationOutcome outcome, HttpStatusCode expected)
    {
        Directory.Right = outcome;
        Assert.Equal(expected, (await SendAsync(Request(Me, "alice@example.org"))).StatusCode);
    }

    [Fact]
    public async Task A_directory_that_is_down_is_no_wrong_password()
    {
        Directory.Right = AuthenticationOutcome.TemporarilyUnavailable;
        await RefusedForNowAsync(await SendAsync(Request(Me, "alice@example.org")));
    }

    [Theory]
    [InlineData(RouteOutcome.Held)]
    [InlineData(RouteOutcome.StoreOffline)]
    [InlineData(RouteOutcome.NoRoute)]
    [InlineData(RouteOutcome.NotLoaded)]
    public async Task A_user_without_a_store_for_now_is_asked_to_come_back(RouteOutcome outcome)
    {
        Router.Outcome = outcome;
        await RefusedForNowAsync(await SendAsync(Request(Me, "alice@example.org")));
    }

    [Fact]
    public async Task A_store_that_does_not_answer_is_a_temporary_failure()
    {
        await First!.DisposeAsync();
        await RefusedForNowAsync(await SendAsync(Request(Me, "alice@example.org")));
        Assert.Equal("store-2", (await AnswerAsync(await SendAsync(Request(Me, "bob@example.org")))).Store);
    }

    [Fact]
    public async Task A_store_of_another_authority_gets_nothing()
    {
        await using var stranger = await TestStore.StartAsync("stranger", new Testing.TestAuthority());
        Router.SetStore("store-3", stranger.EndPoint);
        Router.Pin("carol@example.org", "store-3");
        await RefusedForNowAsync(await SendAsync(Request(Me, "carol@example.org")));
    }

    [Fact]
    public async Task A_store_without_http_is_a_temporary_failure()
    {
        Router.SetStore("store-1", Second!.EndPoint, StoreTlsMode.None);
        await RefusedForNowAsync(await SendAsync(Request(Me, "nobody@example.org")));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/v2/me")]
    [InlineData("/livez")]
    [InlineData("/v1/../readyz")]
    public async Task Other_paths_are_nobodys(string path)
    {
        var response = await SendAsync(Request(new Uri(User, path), "alice@example.org"));
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }
}
