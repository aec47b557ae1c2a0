using System.Text;
using MailProxy.Directory.HttpAuth;
using MailProxy.Testing;
using Xunit;
using static MailProxy.Testing.AuthHttpService;

namespace MailProxy.Directory.Tests.HttpAuth;

/// <summary>What the provider asks, and what it makes of answers.</summary>
public sealed class HttpUserDirectoryTests
{
    [Fact]
    public async Task A_login_is_asked_as_nginx_asks_and_the_answer_becomes_a_user_with_a_route()
    {
        await using var service = new AuthHttpService(_ => Answer("Auth-Status: OK", "Auth-Server: 192.0.2.10", "Auth-Port: 1143"));
        await using var rig = new HttpAuthRig(null, service.Url);

        var result = await rig.LogInAsync("Alice 100%@example.org", "a b%c+\"'é");

        Assert.Equal(AuthenticationOutcome.Authenticated, result.Outcome);
        Assert.Equal("alice 100%@example.org", result.User!.Name);
        Assert.Equal(new StoreAddress("192.0.2.10", 1143), result.User.Address);
        Assert.Null(result.User.Login);
        var request = Assert.Single(service.Requests);
        Assert.Equal("GET /auth HTTP/1.1", request.Line);
        Assert.Equal("127.0.0.1", request["Host"]);
        Assert.Equal("plain", request["Auth-Method"]);
        Assert.Equal("Alice%20100%25@example.org", request["Auth-User"]);
        Assert.Equal("a%20b%25c+\"'\u00C3\u00A9", request["Auth-Pass"]);
        Assert.Equal("imap", request["Auth-Protocol"]);
        Assert.Equal("1", request["Auth-Login-Attempt"]);
        Assert.Equal("192.0.2.7", request["Client-IP"]);
        Assert.Equal("40000", request["Client-Port"]);
        Assert.Null(request["Auth-SSL"]);
    }

    [Fact]
    public async Task A_rewritten_name_and_password_are_for_the_store_and_can_be_opened_by_the_right_password_only()
    {
        await using var service = new AuthHttpService(_ => Answer("Auth-Status: OK", "Auth-User: Mb-17@Internal", "Auth-Pass: p\u00C3\u00A9 %41", "Auth-Server: store-2"));
        await using var rig = new HttpAuthRig(null, service.Url);

        var result = await rig.LogInAsync();

        Assert.Equal("mb-17@internal", result.User!.Name);
        Assert.Equal("store-2", result.User.Home);
        Assert.Null(result.User.Address);
        Assert.Equal("Mb-17@Internal", result.User.Login!.Name);
        Assert.DoesNotContain("%41", result.ToString(), StringComparison.Ordinal);
        using var own = new Secret("secret"u8.ToArray());
        using var other = new Secret("Secret"u8.ToArray());
        using (var opened = result.User.Login.Secret!.Open(own))
        {
            // Not unescaped: nginx passes it on as it is.
            Assert.Equal("pé %41", Encoding.UTF8.GetString(opened.Octets.Span));
        }

        using var again = result.User.Login.Secret.Open(own);
        Assert.Equal(7, again.Octets.Length);
        Assert.ThrowsAny<System.Security.Cryptography.CryptographicException>(() => result.User.Login.Secret.Open(other));
    }

    [Fact]
    public async Task Refusals_are_told_in_the_services_words_made_safe()
    {
        var answers = new Queue<string>(
        [
            Answer("Auth-Status: Invalid login or password", "Auth-Wait: 3"),
            Answer("Auth-Status: No\u0007 \u00C3\u00A9 [ALERT]", "Auth-Error-Code: 535 5.7.8\tX"),
            Answer($"Auth-Status: {new string('x', 4_000)}", "Auth-Error-Code: 525 5.7.13", "Auth-Wait: 999999999999"),
            Status("403 Forbidden", "Auth-Status: Blocked"),
            Answer("Auth-Status: Come back", "Auth-Error-Code: 451 4.3.0", "Auth-Wait: 2"),
        ]);
        await using var service = new AuthHttpService(_ => answers.Dequeue());
        await using var rig = new HttpAuthRig(null, service.Url);

        Assert.Equal(new RefusalWords("Invalid login or password", TimeSpan.FromSeconds(3), null), await RefusedAsync(AuthenticationOutcome.WrongPassword));
        Assert.Equal(new RefusalWords("No  ?? [ALERT]", null, null), await RefusedAsync(AuthenticationOutcome.WrongPassword));
        Assert.Equal(new RefusalWords(new string('x', 300), TimeSpan.FromSeconds(30), "525 5.7.13"), await RefusedAsync(AuthenticationOutcome.WrongPassword));
        Assert.Equal(new RefusalWords("Blocked", null, null), await RefusedAsync(AuthenticationOutcome.WrongPassword));
        Assert.Equal(new RefusalWords("Come back", TimeSpan.FromSeconds(2), "451 4.3.0"), await RefusedAsync(AuthenticationOutcome.TemporarilyUnavailable));

        async Task<RefusalWords?> RefusedAsync(AuthenticationOutcome outcome)
        {
            var result = await rig.LogInAsync();
            Assert.Equal(outcome, result.Outcome);
            return result.Refusal;
        }
    }

    [Fact]
    public async Task Configured_headers_go_along_and_nobody_acts_as_another()
    {
        await using var service = new AuthHttpService(_ => Answer("Auth-Status: OK"));
        await using var rig = new HttpAuthRig(new HttpAuthOptions { Urls = [service.Url], Headers = ["X-Auth-Key: k 1"] });
        using var secret = new Secret("secret"u8.ToArray());
        var other = new AuthenticationRequest("alice@example.org", "bob@example.org", secret, "PLAIN", "imap", null, true);

        Assert.Equal(AuthenticationOutcome.NotAuthorized, (await rig.Directory.AuthenticateAsync(other, default)).Outcome);
        Assert.Empty(service.Requests);
        Assert.Equal(AuthenticationOutcome.Authenticated, (await rig.LogInAsync()).Outcome);
        Assert.Equal("k 1", Assert.Single(service.Requests)["X-Auth-Key"]);
    }

    [Fact]
    public async Task An_address_is_looked_up_as_nginx_asks_about_mail_without_login()
    {
        await using var service = new AuthHttpService(request => request["Auth-SMTP-To"]!.Contains("alice", StringComparison.OrdinalIgnoreCase)
            ? Answer("Auth-Status: OK", "Auth-Server: 192.0.2.10", "Auth-Port: 24")
            : request["Auth-SMTP-To"]!.Contains("later", StringComparison.Ordinal)
                ? Answer("Auth-Status: Later", "Auth-Error-Code: 451 4.3.0")
                : Answer("Auth-Status: No such user", "Auth-Error-Code: 550"));
        await using var rig = new HttpAuthRig(new HttpAuthOptions { Urls = [service.Url], Domains = ["example.org"], LookUp = HttpLookUp.Auth });

        var found = await rig.Directory.LookUpAsync("Alice@Example.org", default);
        Assert.Equal(LookupOutcome.Found, found.Outcome);
        Assert.Equal("alice@example.org", Assert.Single(found.Users).Name);
        Assert.Equal(LookupOutcome.NoSuchUser, (await rig.Directory.LookUpAsync("bob@example.org", default)).Outcome);
        Assert.Equal(LookupOutcome.TemporarilyUnavailable, (await rig.Directory.LookUpAsync("later@example.org", default)).Outcome);
        Assert.Equal(LookupOutcome.NotOurDomain, (await rig.Directory.LookUpAsync("bob@example.net", default)).Outcome);
        Assert.Equal(3, service.Requests.Count);
        Assert.All(service.Requests, request => Assert.Equal("none", request["Auth-Method"]));
    }

    [Fact]
    public async Task Without_looking_up_the_domains_addresses_are_the_stores_matter()
    {
        await using var rig = new HttpAuthRig(new HttpAuthOptions { Urls = ["http://127.0.0.1:1/"], Domains = ["example.org"] });

        Assert.Equal(LookupOutcome.Found, (await rig.Directory.LookUpAsync("anybody@example.org", default)).Outcome);
        Assert.Equal(LookupOutcome.NotOurDomain, (await rig.Directory.LookUpAsync("anybody@example.net", default)).Outcome);
        Assert.Equal(LookupOutcome.NotOurDomain, (await rig.Directory.LookUpAsync("anybody", default)).Outcome);
    }
}
