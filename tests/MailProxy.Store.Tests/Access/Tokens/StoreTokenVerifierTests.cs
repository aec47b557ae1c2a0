using System.Security.Cryptography;
using System.Text;
using MailProxy.Store.Access;
using MailProxy.Store.Access.Tokens;
using MailProxy.Store.Tests.Serving;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace MailProxy.Store.Tests.Access.Tokens;

public sealed class StoreTokenVerifierTests : IDisposable
{
    private readonly TokenRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData("alice@example.org")]
    [InlineData("")]
    public async Task A_proxys_token_lets_its_user_in(string user)
    {
        var result = await _rig.VerifyAsync(_rig.Make(), user);
        Assert.Equal((AccessOutcome.Granted, "alice@example.org", "OAUTHBEARER by token of session gy11z1"), (result.Outcome, result.User, result.Detail));
    }

    [Fact]
    public async Task A_token_is_good_once()
    {
        var token = _rig.Make();
        Assert.Equal(AccessOutcome.Granted, (await _rig.VerifyAsync(token)).Outcome);
        await RefusedAsync(token, "that was used before");

        // To the end of what the clocks may be apart, and then it has expired.
        _rig.Time.Advance(StoreToken.Lifetime + StoreToken.ClockSkew - TimeSpan.FromSeconds(1));
        await RefusedAsync(token, "that was used before");
        _rig.Time.Advance(TimeSpan.FromSeconds(1));
        await RefusedAsync(token, "not good now");
    }

    [Fact]
    public async Task A_token_of_the_future_is_not_good_a_second_time_when_its_time_has_come()
    {
        var token = _rig.Make(token => (token.NotBefore, token.Expires) = (token.NotBefore + StoreToken.ClockSkew, token.Expires + StoreToken.ClockSkew));
        Assert.Equal(AccessOutcome.Granted, (await _rig.VerifyAsync(token)).Outcome);
        _rig.Time.Advance(StoreToken.Lifetime + (2 * StoreToken.ClockSkew) - TimeSpan.FromSeconds(1));
        await RefusedAsync(token, "that was used before");
    }

    [Fact]
    public async Task Another_stores_token_is_refused() => await RefusedAsync(_rig.Make(token => token.Audience = "store-2"), "for another store");

    [Fact]
    public async Task Another_issuers_token_is_refused() => await RefusedAsync(_rig.Make(token => token.Issuer = "elsewhere"), "of another issuer");

    [Fact]
    public async Task Another_protocols_token_is_refused()
    {
        await RefusedAsync(_rig.Make(token => token.Claims[StoreToken.Protocol] = "pop3"), "for another protocol");
        await RefusedAsync(_rig.Make(token => token.Claims.Remove(StoreToken.Protocol)), "for another protocol");
    }

    [Fact]
    public async Task Another_users_token_is_refused()
    {
        var result = await _rig.VerifyAsync(_rig.Make(), "bob@example.org");
        Assert.Equal((AccessOutcome.Refused, "", "OAUTHBEARER with a token of another user"), (result.Outcome, result.User, result.Detail));
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("alice\r\n@example.org")]
    [InlineData("")]
    public async Task A_token_of_nobody_is_refused(string subject) => await RefusedAsync(_rig.Make(token => token.Claims["sub"] = subject), "of nobody", "");

    [Fact]
    public async Task A_token_without_an_id_or_with_an_endless_one_is_refused()
    {
        await RefusedAsync(_rig.Make(token => token.Claims.Remove("jti")), "without an id");
        await RefusedAsync(_rig.Make(token => token.Claims["jti"] = new string('x', 65)), "without an id");
    }

    [Fact]
    public async Task An_expired_token_is_refused()
    {
        var token = _rig.Make();
        _rig.Time.Advance(StoreToken.Lifetime + StoreToken.ClockSkew);
        await RefusedAsync(token, "not good now");
    }

    [Theory]
    [InlineData(30, true)]
    [InlineData(31, false)]
    public async Task Clocks_may_be_half_a_minute_apart(int seconds, bool isGood)
    {
        var token = _rig.Make(token =>
        {
            token.NotBefore += TimeSpan.FromSeconds(seconds);
            token.Expires += TimeSpan.FromSeconds(seconds);
        });
        Assert.Equal(isGood ? AccessOutcome.Granted : AccessOutcome.Refused, (await _rig.VerifyAsync(token)).Outcome);
    }

    [Fact]
    public async Task A_token_that_is_good_for_too_long_or_for_ever_is_refused()
    {
        await RefusedAsync(_rig.Make(token => token.Expires += TimeSpan.FromSeconds(1)), "good for too long");
        await RefusedAsync(_rig.Make(token => token.Expires = null), "not good now");
        await RefusedAsync(_rig.Make(token => token.NotBefore = null), "not good now");
    }

    [Fact]
    public async Task A_key_that_we_have_not_is_refused_whatever_it_calls_itself()
    {
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await RefusedAsync(_rig.Make(key: stranger), "of a key that is not in the keys' file");
        await RefusedAsync(_rig.Make(key: stranger, keyId: TokenRig.KeyIdOf(_rig.Key)), "whose signature is wrong");
        await RefusedAsync(_rig.Make(keyId: "unknown"), "of a key that is not in the keys' file");
    }

    [Fact]
    public async Task A_token_without_a_signature_is_refused()
    {
        var signed = _rig.Make().Split('.');
        var header = Base64UrlEncoder.Encode($$"""{"alg":"none","typ":"{{StoreToken.Type}}","kid":"{{TokenRig.KeyIdOf(_rig.Key)}}"}""");
        await RefusedAsync($"{header}.{signed[1]}.", "");
        await RefusedAsync($"{signed[0]}.{signed[1]}.", "");
        await RefusedAsync($"{signed[0]}.{signed[1]}", "");
    }

    [Fact]
    public async Task The_public_key_is_no_secret_to_sign_with()
    {
        // The classic confusion: HS256, by what everybody may know.
        foreach (var secret in new[] { Encoding.ASCII.GetBytes(_rig.Key.ExportSubjectPublicKeyInfoPem()), _rig.Key.ExportSubjectPublicKeyInfo() })
        {
            var key = new SymmetricSecurityKey(secret) { KeyId = TokenRig.KeyIdOf(_rig.Key) };
            await RefusedAsync(_rig.Make(token => token.SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.HmacSha256)), "");
        }
    }

    [Fact]
    public async Task A_token_that_the_key_signed_for_something_else_is_refused() =>
        await RefusedAsync(_rig.Make(token => token.TokenType = "JWT"), "of another type");

    [Fact]
    public async Task A_changed_token_is_refused()
    {
        var parts = _rig.Make().Split('.');
        var payload = Base64UrlEncoder.Decode(parts[1]).Replace("alice@", "bob@", StringComparison.Ordinal);
        await RefusedAsync($"{parts[0]}.{Base64UrlEncoder.Encode(payload)}.{parts[2]}", "whose signature is wrong", "bob@example.org");
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("x.y.z")]
    [InlineData("....")]
    [InlineData("a.b.c.d.e")]
    public async Task What_is_no_token_is_refused(string token) => await RefusedAsync(token, "");

    [Fact]
    public async Task What_cannot_be_remembered_is_a_temporary_failure_and_not_forgotten()
    {
        using var rig = new TokenRig(mostRemembered: 2);
        var first = rig.Make();
        Assert.Equal(AccessOutcome.Granted, (await rig.VerifyAsync(first)).Outcome);
        Assert.Equal(AccessOutcome.Granted, (await rig.VerifyAsync(rig.Make())).Outcome);
        Assert.Equal(AccessOutcome.Unavailable, (await rig.VerifyAsync(rig.Make())).Outcome);
        Assert.Equal(AccessOutcome.Refused, (await rig.VerifyAsync(first)).Outcome);
        rig.Time.Advance(StoreToken.Lifetime + (2 * StoreToken.ClockSkew) + TimeSpan.FromSeconds(1));
        Assert.Equal(AccessOutcome.Granted, (await rig.VerifyAsync(rig.Make())).Outcome);
    }

    [Fact]
    public async Task A_key_is_changed_by_having_both_for_a_while_and_a_bad_file_changes_nothing()
    {
        using var next = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await RefusedAsync(_rig.Make(key: next), "of a key that is not in the keys' file");
        await WriteAsync(_rig.Key.ExportSubjectPublicKeyInfoPem() + "\n" + next.ExportSubjectPublicKeyInfoPem());
        Assert.Equal(AccessOutcome.Granted, (await _rig.VerifyAsync(_rig.Make(key: next))).Outcome);
        Assert.Equal(AccessOutcome.Granted, (await _rig.VerifyAsync(_rig.Make())).Outcome);
        await WriteAsync("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n");
        Assert.Equal(AccessOutcome.Granted, (await _rig.VerifyAsync(_rig.Make())).Outcome);
        await WriteAsync(next.ExportSubjectPublicKeyInfoPem());
        await RefusedAsync(_rig.Make(), "of a key that is not in the keys' file");
        Assert.Equal(AccessOutcome.Granted, (await _rig.VerifyAsync(_rig.Make(key: next))).Outcome);

        async Task WriteAsync(string text)
        {
            await File.WriteAllTextAsync(_rig.KeysFile, text);
            _rig.Time.Advance(TimeSpan.FromSeconds(31));
        }
    }

    [Fact]
    public async Task Tokens_are_taken_under_tls_only()
    {
        await using var clear = await ConnectionPair.ConnectAsync();
        await using var encrypted = await ConnectionPair.ConnectWithTlsAsync(null);
        Assert.Empty(_rig.Access.Mechanisms(clear.ServerTls));
        Assert.Equal(["OAUTHBEARER"], _rig.Access.Mechanisms(encrypted.ServerTls));
        var message = Convert.FromBase64String(TokenRig.Message(_rig.Make()));
        Assert.Equal(AccessOutcome.NotOffered, (await _rig.Access.AuthenticateAsync("OAUTHBEARER", message, clear.ServerTls, "imap")).Outcome);
        Assert.Equal(AccessOutcome.Granted, (await _rig.Access.AuthenticateAsync("oauthbearer", message, encrypted.ServerTls, "imap")).Outcome);
    }

    private async Task RefusedAsync(string token, string why, string user = "alice@example.org")
    {
        var result = await _rig.VerifyAsync(token, user);
        Assert.Equal((AccessOutcome.Refused, ""), (result.Outcome, result.User));
        Assert.Contains(why, result.Detail, StringComparison.Ordinal);
        Assert.True(token.Length == 0 || !result.Detail.Contains(token, StringComparison.Ordinal));
    }
}
