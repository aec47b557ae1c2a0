using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using MailProxy.Testing.OAuth;
using Xunit;

namespace MailProxy.Directory.Tests.OAuth;

public sealed class JwtTests
{
    [Theory]
    [InlineData("RS256")]
    [InlineData("RS512")]
    [InlineData("PS256")]
    [InlineData("PS384")]
    public async Task A_good_token_is_its_users_by_each_signature(string algorithm)
    {
        await using var rig = await OAuthRig.StartAsync(prepare: issuer => issuer.Rotate(TestKey.Rsa("k", algorithm)));
        await ExpectAliceAsync(rig);
    }

    [Fact]
    public async Task An_elliptic_curve_is_as_good()
    {
        await using var rig = await OAuthRig.StartAsync(prepare: issuer => issuer.Rotate(TestKey.Ec("k")));
        await ExpectAliceAsync(rig);
    }

    [Fact]
    public async Task A_token_without_a_key_id_is_tried_with_the_keys_there_are()
    {
        await using var rig = await OAuthRig.StartAsync(prepare: issuer => issuer.Rotate(TestKey.Rsa("k")));
        Assert.Equal(AuthenticationOutcome.Authenticated, (await rig.LogInAsync(rig.Issuer.Token(header: head => head.Remove("kid")))).Outcome);
    }

    [Fact]
    public async Task No_signature_is_no_token()
    {
        await using var rig = await OAuthRig.StartAsync();
        foreach (var none in new[] { "none", "None", "NONE" })
        {
            var good = rig.Issuer.Token(header: head => head["alg"] = none).Split('.');
            await RefuseAsync(rig, $"{good[0]}.{good[1]}.");
            await RefuseAsync(rig, $"{good[0]}.{good[1]}.{good[2]}");
        }

        await RefuseAsync(rig, rig.Issuer.Token(header: head => head.Remove("alg")));
    }

    [Fact]
    public async Task The_public_key_is_no_shared_secret()
    {
        await using var rig = await OAuthRig.StartAsync();
        foreach (var secret in new[] { rig.Issuer.Key.ToPem(), rig.Issuer.Key.ToJwk()["n"]!.GetValue<string>() })
        {
            var parts = rig.Issuer.Token(header: head => head["alg"] = "HS256").Split('.');
            var hash = HMACSHA256.HashData(Encoding.ASCII.GetBytes(secret), Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"));
            await RefuseAsync(rig, $"{parts[0]}.{parts[1]}.{TestKey.Text(hash)}");
        }
    }

    [Fact]
    public async Task A_signature_counts_for_its_own_octets_only()
    {
        await using var rig = await OAuthRig.StartAsync();
        var (alice, bob) = (rig.Issuer.Token().Split('.'), rig.Issuer.Token(user: "bob@example.org").Split('.'));
        await RefuseAsync(rig, $"{alice[0]}.{alice[1]}.{bob[2]}");
        using var stranger = TestKey.Rsa("key-1");
        await RefuseAsync(rig, rig.Issuer.Token(key: stranger));
        await RefuseAsync(rig, rig.Issuer.Token(header: head => head["jwk"] = stranger.ToJwk(), key: stranger));
        await RefuseAsync(rig, rig.Issuer.Token(header: head => head["alg"] = "ES256"));
        await RefuseAsync(rig, rig.Issuer.Token(header: head => head["alg"] = "PS256"));
    }

    [Theory]
    [InlineData("../../../../dev/null")]
    [InlineData("' OR 1=1 --")]
    [InlineData("key-1\u0000")]
    [InlineData("key-1\r\nX: y")]
    [InlineData("")]
    public async Task A_key_id_is_compared_and_nothing_else(string kid)
    {
        await using var rig = await OAuthRig.StartAsync();
        using var stranger = TestKey.Rsa(kid);
        await RefuseAsync(rig, rig.Issuer.Token(key: stranger));
        Assert.DoesNotContain("\r", rig.Trace, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, AuthenticationOutcome> Claims => new()
    {
        { "iss", "\"https://elsewhere.example\"", AuthenticationOutcome.NoSuchUser },
        { "iss", "null", AuthenticationOutcome.NoSuchUser },
        { "aud", "\"calendar\"", AuthenticationOutcome.NotAuthorized },
        { "aud", "\"mai\"", AuthenticationOutcome.NotAuthorized },
        { "aud", "[\"calendar\",\"contacts\"]", AuthenticationOutcome.NotAuthorized },
        { "aud", "[]", AuthenticationOutcome.NotAuthorized },
        { "aud", "{\"mail\":1}", AuthenticationOutcome.WrongPassword },
        { "scope", "\"openid imaps\"", AuthenticationOutcome.NotAuthorized },
        { "scope", "null", AuthenticationOutcome.NotAuthorized },
        { "exp", "null", AuthenticationOutcome.WrongPassword },
        { "exp", "\"tomorrow\"", AuthenticationOutcome.WrongPassword },
        { "exp", "1e300", AuthenticationOutcome.WrongPassword },
        { "exp", "-1", AuthenticationOutcome.WrongPassword },
        { "exp", "1000000000", AuthenticationOutcome.Expired },
        { "nbf", "4000000000", AuthenticationOutcome.WrongPassword },
        { "nbf", "\"now\"", AuthenticationOutcome.WrongPassword },
        { "email", "null", AuthenticationOutcome.NotAuthorized },
        { "email", "\"\"", AuthenticationOutcome.NotAuthorized },
        { "email", "\"alice\"", AuthenticationOutcome.NotAuthorized },
        { "email", "\"@example.org\"", AuthenticationOutcome.NotAuthorized },
        { "email", "\"alice@\"", AuthenticationOutcome.NotAuthorized },
        { "email", "\"al\\r\\nice@example.org\"", AuthenticationOutcome.NotAuthorized },
        { "email", "\"alice\\u0000@example.org\"", AuthenticationOutcome.NotAuthorized },
        { "email", "\"alice\\u202e@example.org\"", AuthenticationOutcome.NotAuthorized },
        { "email", "\"al ice@example.org\"", AuthenticationOutcome.NotAuthorized },
        { "email", "[\"alice@example.org\"]", AuthenticationOutcome.NotAuthorized },
        { "email", "7", AuthenticationOutcome.NotAuthorized },
        { "email_verified", "false", AuthenticationOutcome.NotAuthorized },
        { "email_verified", "\"false\"", AuthenticationOutcome.NotAuthorized },
    };

    [Theory]
    [MemberData(nameof(Claims))]
    public async Task What_a_token_says_is_judged(string claim, string json, AuthenticationOutcome expected)
    {
        await using var rig = await OAuthRig.StartAsync();
        var result = await rig.LogInAsync(rig.Issuer.Token(claims => claims[claim] = JsonNode.Parse(json)));
        Assert.Equal(expected, result.Outcome);
        Assert.Null(result.User);
        Assert.NotNull(result.LastChallenge);
        Assert.False(result.Detail.Any(char.IsControl), result.Detail);
    }

    [Fact]
    public async Task Half_a_character_is_no_name()
    {
        await using var rig = await OAuthRig.StartAsync();
        var claims = rig.Issuer.Claims("HALF@example.org").ToJsonString().Replace("HALF", "\\ud800", StringComparison.Ordinal);
        var result = await rig.LogInAsync(rig.Issuer.Key.Sign("""{"alg":"RS256","kid":"key-1"}""", claims));
        Assert.Contains(result.Outcome, new[] { AuthenticationOutcome.NotAuthorized, AuthenticationOutcome.WrongPassword });
    }

    [Fact]
    public async Task Signed_nonsense_is_refused_and_never_an_error_of_ours()
    {
        await using var rig = await OAuthRig.StartAsync();
        var good = rig.Issuer.Claims().ToJsonString();
        const string Header = """{"alg":"RS256","kid":"key-1","typ":"JWT"}""";
        Assert.Equal(AuthenticationOutcome.Authenticated, (await rig.LogInAsync(rig.Issuer.Key.Sign(Header, good))).Outcome);
        for (var at = 0; at < good.Length; at++)
        {
            foreach (var octet in "\"{}[]:,\\\u0000")
            {
                var changed = string.Concat(good.AsSpan(0, at), octet.ToString(), good.AsSpan(at + 1));
                var result = await rig.LogInAsync(rig.Issuer.Key.Sign(Header, changed));
                Assert.NotEqual(AuthenticationOutcome.TemporarilyUnavailable, result.Outcome);
                Assert.True(result.User is null or { Name: "alice@example.org" } || !result.User.Name.Any(char.IsControl), changed);
            }
        }
    }

    [Theory]
    [InlineData("aud", "[\"calendar\",\"mail\"]")]
    [InlineData("scope", "\"imap\"")]
    [InlineData("scp", "[\"imap\"]")]
    [InlineData("email_verified", "true")]
    [InlineData("email", "\"ALICE@Example.org\"")]
    [InlineData("unknown", "{\"deep\":[1,2,{}]}")]
    public async Task And_what_is_no_harm_is_taken(string claim, string json)
    {
        await using var rig = await OAuthRig.StartAsync();
        await ExpectAliceAsync(rig, claims => claims[claim] = JsonNode.Parse(json));
    }

    [Fact]
    public async Task A_name_of_ten_kilobytes_is_nobodys()
    {
        await using var rig = await OAuthRig.StartAsync();
        await RefuseAsync(rig, rig.Issuer.Token(user: new string('a', 10_000) + "@example.org"));
        Assert.Equal(AuthenticationOutcome.NotAuthorized, (await rig.LogInAsync(rig.Issuer.Token(user: new string('a', 244) + "@example.org"))).Outcome);
        Assert.Equal(AuthenticationOutcome.Authenticated, (await rig.LogInAsync(rig.Issuer.Token(user: new string('a', 243) + "@example.org"))).Outcome);
    }

    [Fact]
    public async Task A_token_has_a_limit()
    {
        await using var rig = await OAuthRig.StartAsync();
        string token(int padding) => rig.Issuer.Token(claims => claims["pad"] = new string('p', padding));
        var padding = 8_192 * 3 / 4;
        while (token(padding).Length > 8_192)
        {
            padding--;
        }

        Assert.InRange(token(padding).Length, 8_189, 8_192);
        Assert.Equal(AuthenticationOutcome.Authenticated, (await rig.LogInAsync(token(padding))).Outcome);
        await RefuseAsync(rig, token(padding + 4));
    }

    [Theory]
    [InlineData("")]
    [InlineData("secret")]
    [InlineData("a.b")]
    [InlineData("..")]
    [InlineData("a.b.c")]
    [InlineData("a.b.c.d.e")]
    [InlineData("e30.e30.e30")]
    [InlineData("bnVsbA.bnVsbA.bnVsbA")]
    [InlineData("e30.e30.\u00e4")]
    [InlineData("e3 0.e30.e30")]
    public async Task What_is_no_jwt_is_no_token(string text)
    {
        await using var rig = await OAuthRig.StartAsync();
        var result = await rig.LogInAsync(text);
        Assert.Contains(result.Outcome, new[] { AuthenticationOutcome.WrongPassword, AuthenticationOutcome.NoSuchUser });
        Assert.NotNull(result.LastChallenge);
    }

    [Fact]
    public async Task A_member_twice_makes_it_unreadable()
    {
        await using var rig = await OAuthRig.StartAsync();
        var claims = rig.Issuer.Claims().ToJsonString();
        var twice = TestKey.Text(Encoding.UTF8.GetBytes(claims[..^1] + ",\"email\":\"root@example.org\"}"));
        await RefuseAsync(rig, $"{rig.Issuer.Token().Split('.')[0]}.{twice}.AAAA");
        Assert.DoesNotContain("key-1", rig.Trace, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("crit", "[\"exp\"]")]
    [InlineData("typ", "\"logout+jwt\"")]
    [InlineData("typ", "7")]
    public async Task A_header_that_asks_for_more_is_refused(string name, string json)
    {
        await using var rig = await OAuthRig.StartAsync();
        await RefuseAsync(rig, rig.Issuer.Token(header: head => head[name] = JsonNode.Parse(json)));
    }

    [Theory]
    [InlineData("JWT")]
    [InlineData("jwt")]
    [InlineData("application/at+jwt")]
    public async Task Its_type_may_be_written_in_any_way(string type)
    {
        await using var rig = await OAuthRig.StartAsync();
        Assert.Equal(AuthenticationOutcome.Authenticated, (await rig.LogInAsync(rig.Issuer.Token(header: head => head["typ"] = type))).Outcome);
    }

    [Fact]
    public async Task Only_configured_signatures_are_good()
    {
        await using var rig = await OAuthRig.StartAsync(options => options.Algorithms = ["ES256"]);
        await RefuseAsync(rig, rig.Issuer.Token());
    }

    [Fact]
    public async Task Clocks_may_differ_a_little()
    {
        await using var rig = await OAuthRig.StartAsync();
        var now = rig.Issuer.Now();
        async Task<AuthenticationOutcome> outcome(string claim, long at) => (await rig.LogInAsync(rig.Issuer.Token(claims => claims[claim] = at))).Outcome;
        Assert.Equal(AuthenticationOutcome.Authenticated, await outcome("exp", now - 59));
        Assert.Equal(AuthenticationOutcome.Expired, await outcome("exp", now - 60));
        Assert.Equal(AuthenticationOutcome.Authenticated, await outcome("nbf", now + 60));
        Assert.Equal(AuthenticationOutcome.WrongPassword, await outcome("nbf", now + 61));
    }

    [Fact]
    public async Task A_forged_token_is_not_told_to_be_expired()
    {
        await using var rig = await OAuthRig.StartAsync();
        using var stranger = TestKey.Rsa("key-1");
        await RefuseAsync(rig, rig.Issuer.Token(claims => claims["exp"] = 1_000_000_000, key: stranger));
    }

    [Theory]
    [InlineData("alice@example.org", "", AuthenticationOutcome.Authenticated)]
    [InlineData("Alice@EXAMPLE.org", "ALICE@example.org", AuthenticationOutcome.Authenticated)]
    [InlineData("alice", "", AuthenticationOutcome.Authenticated)]
    [InlineData("bob@example.org", "", AuthenticationOutcome.NotAuthorized)]
    [InlineData("bob", "", AuthenticationOutcome.NotAuthorized)]
    [InlineData("", "bob@example.org", AuthenticationOutcome.NotAuthorized)]
    [InlineData("alice@example.org", "bob@example.org", AuthenticationOutcome.NotAuthorized)]
    public async Task The_name_that_the_client_says_must_be_the_tokens(string user, string authorize, AuthenticationOutcome expected)
    {
        await using var rig = await OAuthRig.StartAsync(options => options.Domain = "example.org");
        Assert.Equal(expected, (await rig.LogInAsync(rig.Issuer.Token(), user, authorize: authorize)).Outcome);
        Assert.Equal(expected, (await rig.LogInAsync(rig.Issuer.Token(user: "alice"), user, authorize: authorize)).Outcome);
    }

    [Fact]
    public async Task A_claim_may_name_the_store()
    {
        await using var rig = await OAuthRig.StartAsync(options => options.HomeClaim = "mailstore");
        Assert.Null((await rig.LogInAsync(rig.Issuer.Token())).User!.Home);
        Assert.Equal("store-7", (await rig.LogInAsync(rig.Issuer.Token(claims => claims["mailstore"] = "store-7"))).User!.Home);
        Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, (await rig.LogInAsync(rig.Issuer.Token(claims => claims["mailstore"] = "a/../b"))).Outcome);
    }

    [Fact]
    public async Task The_client_hears_what_the_mechanism_has_for_it_and_never_why()
    {
        await using var rig = await OAuthRig.StartAsync();
        async Task<string> word(string mechanism, Action<JsonObject> claims) =>
            Encoding.UTF8.GetString((await rig.LogInAsync(rig.Issuer.Token(claims), mechanism: mechanism)).LastChallenge!.Value.Span);
        var configuration = $"{rig.Issuer.Url}/.well-known/openid-configuration";
        Assert.Equal(
            $"{{\"status\":\"invalid_token\",\"schemes\":\"bearer\",\"scope\":\"imap\",\"openid-configuration\":\"{configuration}\"}}", await word("OAUTHBEARER", claims => claims["aud"] = "x"));
        Assert.Contains("\"insufficient_scope\"", await word("OAUTHBEARER", claims => claims["scope"] = "x"), StringComparison.Ordinal);
        Assert.Equal("{\"status\":\"401\",\"schemes\":\"bearer\",\"scope\":\"imap\"}", await word("XOAUTH2", claims => claims["aud"] = "x"));
        Assert.Null((await rig.LogInAsync("x", mechanism: "BEARER")).LastChallenge);
    }

    [Fact]
    public async Task Passwords_are_not_for_this_provider()
    {
        await using var rig = await OAuthRig.StartAsync();
        Assert.Equal(AuthenticationOutcome.NoSuchUser, (await rig.LogInAsync(rig.Issuer.Token(), "alice@example.org", "PLAIN")).Outcome);
    }

    [Fact]
    public async Task Every_step_is_told_and_the_token_never()
    {
        await using var rig = await OAuthRig.StartAsync();
        var token = rig.Issuer.Token(claims => claims["aud"] = "calendar");
        var result = await rig.LogInAsync(token);
        Assert.Contains($"a JWT of '{rig.Issuer.Url}', signed by RS256, key 'key-1'", rig.Trace, StringComparison.Ordinal);
        Assert.Contains("its signature is good", rig.Trace, StringComparison.Ordinal);
        Assert.Contains("it is meant for 'calendar' (aud)", result.Detail, StringComparison.Ordinal);
        Assert.All(token.Split('.'), part => Assert.DoesNotContain(part, rig.Trace + result.Detail, StringComparison.Ordinal));
    }

    private static async Task ExpectAliceAsync(OAuthRig rig, Action<JsonObject>? claims = null)
    {
        var result = await rig.LogInAsync(rig.Issuer.Token(claims));
        Assert.Equal(AuthenticationOutcome.Authenticated, result.Outcome);
        Assert.Equal("alice@example.org", result.User!.Name);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(rig.Issuer.Now() + 300), result.GoodUntil);
        Assert.Null(result.LastChallenge);
    }

    private static async Task RefuseAsync(OAuthRig rig, string token)
    {
        var result = await rig.LogInAsync(token);
        Assert.Equal(AuthenticationOutcome.WrongPassword, result.Outcome);
        Assert.NotNull(result.LastChallenge);
    }
}
