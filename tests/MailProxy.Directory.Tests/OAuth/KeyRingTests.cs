using System.Text.Json.Nodes;
using MailProxy.Testing;
using MailProxy.Testing.OAuth;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace MailProxy.Directory.Tests.OAuth;

public sealed class KeyRingTests
{
    [Fact]
    public async Task A_new_key_is_fetched_when_a_token_names_it()
    {
        await using var rig = await OAuthRig.StartAsync();
        rig.Time.Advance(TimeSpan.FromSeconds(10));
        rig.Issuer.Rotate(TestKey.Rsa("key-2"));
        Assert.Equal(AuthenticationOutcome.Authenticated, (await rig.LogInAsync(rig.Issuer.Token())).Outcome);
    }

    [Fact]
    public async Task Made_up_key_ids_do_not_make_us_ask_again_and_again()
    {
        await using var rig = await OAuthRig.StartAsync();
        rig.Time.Advance(TimeSpan.FromSeconds(10));
        for (var number = 0; number < 20; number++)
        {
            using var key = TestKey.Ec($"made-up-{number}");
            Assert.Equal(AuthenticationOutcome.WrongPassword, (await rig.LogInAsync(rig.Issuer.Token(key: key))).Outcome);
        }

        // At the start, and for the first of them.
        Assert.Equal(2, rig.Issuer.Requests.Count(path => path == "/keys"));
    }

    [Fact]
    public async Task A_withdrawn_key_ends_with_the_next_refresh_and_kept_answers_with_it()
    {
        await using var rig = await OAuthRig.StartAsync();
        var (old, version) = (rig.Issuer.Token(claims => claims["exp"] = rig.Issuer.Now() + 100_000), rig.Directory.Version);
        Assert.Equal(AuthenticationOutcome.Authenticated, (await rig.LogInAsync(old)).Outcome);
        rig.Issuer.Rotate(TestKey.Rsa("key-2"), withdraw: true);
        rig.Time.Advance(TimeSpan.FromHours(1));
        await UntilAsync(() => rig.Directory.Version > version);
        Assert.Equal(AuthenticationOutcome.WrongPassword, (await rig.LogInAsync(old)).Outcome);
    }

    [Fact]
    public async Task The_last_keys_serve_while_the_issuer_is_away_and_not_for_ever()
    {
        await using var rig = await OAuthRig.StartAsync(options => options.KeepKeys = TimeSpan.FromHours(3));
        rig.Issuer.Instead = Abort;
        var token = rig.Issuer.Token(claims => claims["exp"] = rig.Issuer.Now() + 100_000);
        rig.Time.Advance(TimeSpan.FromHours(1));
        await UntilAsync(() => rig.Directory.Notice is not null);
        Assert.Null(rig.Directory.Unreadiness);
        Assert.Equal(AuthenticationOutcome.Authenticated, (await rig.LogInAsync(token)).Outcome);

        // Perhaps it is a new one of theirs: nobody can say.
        using var unknown = TestKey.Rsa("key-2");
        Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, (await rig.LogInAsync(rig.Issuer.Token(key: unknown))).Outcome);
        rig.Time.Advance(TimeSpan.FromHours(2));
        Assert.NotNull(rig.Directory.Unreadiness);
        Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, (await rig.LogInAsync(token)).Outcome);
    }

    [Fact]
    public async Task An_issuer_that_was_away_at_the_start_is_found_by_itself()
    {
        await using var rig = await OAuthRig.StartAsync(prepare: issuer => issuer.Instead = Abort);
        Assert.NotNull(rig.Directory.Unreadiness);
        var result = await rig.LogInAsync(rig.Issuer.Token());
        Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, result.Outcome);
        Assert.Null(result.LastChallenge);
        rig.Issuer.Instead = null;
        await UntilAsync(() =>
        {
            rig.Time.Advance(TimeSpan.FromSeconds(1));
            return rig.Directory.Unreadiness is null;
        });
        Assert.Equal(AuthenticationOutcome.Authenticated, (await rig.LogInAsync(rig.Issuer.Token())).Outcome);
    }

    public static TheoryData<string, string> Nonsense => new()
    {
        { "/keys", "" },
        { "/keys", "not json" },
        { "/keys", "[]" },
        { "/keys", "{}" },
        { "/keys", "{\"keys\":[]}" },
        { "/keys", "{\"keys\":[{\"kty\":\"oct\",\"k\":\"c2VjcmV0\"}]}" },
        { "/keys", "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}" },
        { "/keys", "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AQAB\",\"y\":\"AQAB\"}]}" },
        { "/.well-known/openid-configuration", "{}" },
        { "/.well-known/openid-configuration", "{\"issuer\":\"https://elsewhere.example\",\"jwks_uri\":\"https://elsewhere.example/keys\"}" },
        { "/.well-known/openid-configuration", "{\"issuer\":\"URL\"}" },
        { "/.well-known/openid-configuration", "{\"issuer\":\"URL\",\"jwks_uri\":\"file:///etc/passwd\"}" },
        { "/.well-known/openid-configuration", "{\"issuer\":\"URL\",\"jwks_uri\":\"http://192.0.2.1/keys\"}" },
    };

    [Theory]
    [MemberData(nameof(Nonsense))]
    public async Task An_answer_that_cannot_be_used_says_nothing_of_a_token(string path, string body)
    {
        await using var rig = await OAuthRig.StartAsync(prepare: issuer => issuer.Instead = context => WriteAsync(context, path, body.Replace("URL", issuer.Url, StringComparison.Ordinal)));
        Assert.NotNull(rig.Directory.Unreadiness);
        Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, (await rig.LogInAsync(rig.Issuer.Token())).Outcome);
    }

    [Theory]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(404)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Another_status_is_a_fault_and_no_redirect_is_followed(int status)
    {
        await using var elsewhere = await TestIssuer.StartAsync();
        await using var rig = await OAuthRig.StartAsync(prepare: issuer => issuer.Instead = context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = elsewhere.Url + "/keys";
            return Task.FromResult(true);
        });
        Assert.Contains($"it answered {status}", rig.Directory.Unreadiness, StringComparison.Ordinal);
        Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, (await rig.LogInAsync(rig.Issuer.Token())).Outcome);
        Assert.Empty(elsewhere.Requests);
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    [InlineData(5_000, false)]
    public async Task A_set_has_a_limited_number_of_keys(int count, bool isTaken)
    {
        await using var rig = await OAuthRig.StartAsync(prepare: issuer => issuer.Keys = () => new JsonObject
        {
            ["keys"] = new JsonArray([.. Enumerable.Range(1, count - 1).Select(JsonNode (_) => new JsonObject { ["kty"] = "oct" }), issuer.Key.ToJwk()]),
        });
        Assert.Equal(isTaken, rig.Directory.Unreadiness is null);
        Assert.Equal(isTaken ? AuthenticationOutcome.Authenticated : AuthenticationOutcome.TemporarilyUnavailable, (await rig.LogInAsync(rig.Issuer.Token())).Outcome);
    }

    [Fact]
    public async Task An_endless_answer_is_given_up()
    {
        await using var rig = await OAuthRig.StartAsync(prepare: issuer => issuer.Instead = async context =>
        {
            var piece = new string(' ', 64 * 1024);
            for (var count = 0; count < 64 && !context.RequestAborted.IsCancellationRequested; count++)
            {
                await context.Response.WriteAsync(piece, context.RequestAborted);
            }

            return true;
        });
        Assert.Contains("longer than 512 KiB", rig.Directory.Unreadiness, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_may_stand_in_a_file()
    {
        using var folder = new TempDirectory();
        using var key = TestKey.Ec("local");
        await System.IO.File.WriteAllTextAsync(folder.File("keys.json"), new JsonObject { ["keys"] = new JsonArray(key.ToJwk()) }.ToJsonString(), TestContext.Current.CancellationToken);
        await using var rig = await OAuthRig.StartAsync(options => options.KeyFile = folder.File("keys.json"));
        Assert.Equal(AuthenticationOutcome.Authenticated, (await rig.LogInAsync(rig.Issuer.Token(key: key))).Outcome);
        Assert.Empty(rig.Issuer.Requests);
    }

    private static Task<bool> Abort(HttpContext context)
    {
        context.Abort();
        return Task.FromResult(true);
    }

    private static async Task<bool> WriteAsync(HttpContext context, string path, string body)
    {
        if (context.Request.Path != path)
        {
            return false;
        }

        await context.Response.WriteAsync(body);
        return true;
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        while (!isSo())
        {
            await Beat.WaitAsync(10, TestContext.Current.CancellationToken);
        }
    }
}
