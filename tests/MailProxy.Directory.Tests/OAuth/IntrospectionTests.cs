using System.Text.Json.Nodes;
using MailProxy.Directory.OAuth;
using MailProxy.Testing;
using MailProxy.Testing.OAuth;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace MailProxy.Directory.Tests.OAuth;

public sealed class IntrospectionTests : IDisposable
{
    private readonly TempDirectory _folder = new();

    public IntrospectionTests() => System.IO.File.WriteAllText(_folder.File("secret"), TestIssuer.ClientSecret + "\n");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_issuers_word_counts()
    {
        await using var rig = await StartAsync();
        rig.Issuer.Active["opaque"] = Answer(rig);
        var result = await rig.LogInAsync("opaque", "alice@example.org");
        Assert.Equal(AuthenticationOutcome.Authenticated, result.Outcome);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(rig.Issuer.Now() + 300), result.GoodUntil);
        Assert.Equal(AuthenticationOutcome.WrongPassword, (await rig.LogInAsync("another")).Outcome);
        Assert.DoesNotContain("opaque", rig.Trace, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("active", "false", AuthenticationOutcome.WrongPassword)]
    [InlineData("aud", "\"calendar\"", AuthenticationOutcome.NotAuthorized)]
    [InlineData("aud", "null", AuthenticationOutcome.NotAuthorized)]
    [InlineData("scope", "\"openid\"", AuthenticationOutcome.NotAuthorized)]
    [InlineData("iss", "\"https://elsewhere.example\"", AuthenticationOutcome.NoSuchUser)]
    [InlineData("exp", "1000000000", AuthenticationOutcome.Expired)]
    [InlineData("exp", "\"soon\"", AuthenticationOutcome.WrongPassword)]
    [InlineData("email", "null", AuthenticationOutcome.NotAuthorized)]
    [InlineData("active", "\"yes\"", AuthenticationOutcome.TemporarilyUnavailable)]
    public async Task What_it_says_is_judged_like_a_tokens_own_claims(string member, string json, AuthenticationOutcome expected)
    {
        await using var rig = await StartAsync();
        var answer = Answer(rig);
        answer[member] = JsonNode.Parse(json);
        rig.Issuer.Active["opaque"] = answer;
        Assert.Equal(expected, (await rig.LogInAsync("opaque")).Outcome);
    }

    [Fact]
    public async Task A_token_without_an_end_is_asked_about_again_after_minutes()
    {
        await using var rig = await StartAsync();
        var answer = Answer(rig);
        answer.Remove("exp");
        rig.Issuer.Active["opaque"] = answer;
        Assert.Equal(rig.Time.GetUtcNow() + TimeSpan.FromMinutes(5), (await rig.LogInAsync("opaque")).GoodUntil);
    }

    [Fact]
    public async Task The_next_url_is_asked_when_one_fails()
    {
        await using var other = await TestIssuer.StartAsync();
        other.Instead = Abort;
        await using var rig = await StartAsync(other);
        rig.Issuer.Active["opaque"] = Answer(rig);
        Assert.Null(rig.Directory.Unreadiness);
        Assert.Contains(other.Url, rig.Directory.Notice, StringComparison.Ordinal);
        Assert.Equal(AuthenticationOutcome.Authenticated, (await rig.LogInAsync("opaque")).Outcome);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(500)]
    [InlineData(302)]
    [InlineData(0)]
    public async Task A_fault_says_nothing_of_a_token_and_passes(int status)
    {
        await using var rig = await StartAsync(prepare: issuer => issuer.Instead = context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = "/elsewhere";
            return status == 0 ? Abort(context) : Task.FromResult(true);
        });
        rig.Issuer.Active["opaque"] = Answer(rig);
        Assert.NotNull(rig.Directory.Unreadiness);
        Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, (await rig.LogInAsync("opaque")).Outcome);
        Assert.DoesNotContain("/elsewhere", rig.Issuer.Requests);
        rig.Issuer.Instead = null;
        while (rig.Directory.Unreadiness is not null)
        {
            rig.Time.Advance(TimeSpan.FromSeconds(1));
            await Beat.WaitAsync(10, TestContext.Current.CancellationToken);
        }

        Assert.Equal(AuthenticationOutcome.Authenticated, (await rig.LogInAsync("opaque")).Outcome);
    }

    [Fact]
    public async Task A_slow_issuer_is_not_waited_for_longer_than_configured()
    {
        await using var rig = await StartAsync();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Issuer.Instead = async context =>
        {
            asked.TrySetResult();
            // Until the client gives up.
            await new TaskCompletionSource().Task.WaitAsync(context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return true;
        };
        var asking = rig.LogInAsync("opaque");
        await asked.Task.WaitAsync(TestContext.Current.CancellationToken);
        rig.Time.Advance(TimeSpan.FromSeconds(5));
        var result = await asking;
        Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, result.Outcome);
        Assert.Contains("no answer within 5 s", result.Detail, StringComparison.Ordinal);
    }

    private static Task<bool> Abort(HttpContext context)
    {
        context.Abort();
        return Task.FromResult(true);
    }

    private static JsonObject Answer(OAuthRig rig)
    {
        var answer = rig.Issuer.Claims();
        answer["active"] = true;
        return answer;
    }

    private Task<OAuthRig> StartAsync(TestIssuer? before = null, Action<TestIssuer>? prepare = null) => OAuthRig.StartAsync(
        options => options.Introspection = new IntrospectionOptions
        {
            Urls = [.. new[] { before?.Url, options.Issuer }.OfType<string>().Select(url => url + "/introspect")],
            ClientId = TestIssuer.ClientId,
            ClientSecretFile = _folder.File("secret"),
        },
        prepare);
}
