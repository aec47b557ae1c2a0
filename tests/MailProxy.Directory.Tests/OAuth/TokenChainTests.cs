using System.Text;
using System.Text.Json;
using MailProxy.Directory.Cache;
using MailProxy.Directory.Chain;
using MailProxy.Directory.OAuth;
using MailProxy.Testing;
using MailProxy.Testing.OAuth;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MailProxy.Directory.Tests.OAuth;

/// <summary>Tokens and passwords beside one another: the whole directory as a node has it, guard and caches included.</summary>
public sealed class TokenChainTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 27, 12, 0, 0, TimeSpan.Zero));
    private readonly TempDirectory _folder = new();
    private TestIssuer _issuer = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await TestIssuer.StartAsync(_time);
        await System.IO.File.WriteAllTextAsync(_folder.File("secret"), TestIssuer.ClientSecret);
        await System.IO.File.WriteAllTextAsync(_folder.File("users.json"), JsonSerializer.Serialize(new
        {
            domains = new[] { "example.org" },
            users = new object[]
            {
                new { name = "alice@example.org", password = "{PLAIN}secret", home = "store-7", aliases = new[] { "al@example.org" } },
                new { name = "bob@example.org", password = "{PLAIN}secret", disabled = true },
                new { name = "carol@example.org", password = "{PLAIN}secret", expired = true },
                new { name = "dave@example.org", password = "{PLAIN}secret", attributes = new { protocols = "pop3" } },
            },
        }));
    }

    public async ValueTask DisposeAsync()
    {
        await _issuer.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("alice@example.org", AuthenticationOutcome.Authenticated)]
    [InlineData("al@example.org", AuthenticationOutcome.Authenticated)]
    [InlineData("bob@example.org", AuthenticationOutcome.Disabled)]
    [InlineData("carol@example.org", AuthenticationOutcome.Authenticated)]
    [InlineData("dave@example.org", AuthenticationOutcome.NotAuthorized)]
    [InlineData("eve@example.org", AuthenticationOutcome.NoSuchUser)]
    public async Task Who_may_log_in_says_the_provider_that_knows_the_users(string user, AuthenticationOutcome expected)
    {
        await using var directory = await StartAsync(Chain());
        var result = await ByTokenAsync(directory, _issuer.Token(user: user));
        Assert.Equal(expected, result.Outcome);
        Assert.Equal(expected != AuthenticationOutcome.Authenticated, result.LastChallenge is not null);
        if (user.StartsWith("al", StringComparison.Ordinal))
        {
            Assert.Equal(("alice@example.org", "store-7"), (result.User!.Name, result.User.Home));
        }
    }

    [Fact]
    public async Task Passwords_and_addresses_are_the_other_providers_matter()
    {
        await using var directory = await StartAsync(Chain());
        Assert.Equal(AuthenticationOutcome.Authenticated, (await ByPasswordAsync(directory, "secret")).Outcome);
        Assert.Equal(AuthenticationOutcome.WrongPassword, (await ByPasswordAsync(directory, _issuer.Token())).Outcome);
        Assert.Equal(LookupOutcome.Found, (await directory.LookUpAsync("alice@example.org", default)).Outcome);
        Assert.Equal(LookupOutcome.NoSuchUser, (await directory.LookUpAsync("eve@example.org", default)).Outcome);
    }

    [Theory]
    [InlineData("static")]
    [InlineData("file")]
    public async Task A_token_is_never_taken_for_a_password(string provider)
    {
        var options = provider == "static"
            ? new DirectoryOptions { Provider = "static", Static = new() { Password = "{PLAIN}secret" } }
            : new DirectoryOptions { Provider = "file", File = new() { Path = _folder.File("users.json") } };
        await using var directory = await StartAsync(options);
        Assert.NotEqual(AuthenticationOutcome.Authenticated, (await ByTokenAsync(directory, "secret", "alice@example.org")).Outcome);
        Assert.Equal(AuthenticationOutcome.Authenticated, (await ByPasswordAsync(directory, "secret")).Outcome);
    }

    [Fact]
    public async Task An_issuer_speaks_for_the_domains_of_its_link_only()
    {
        var options = Chain();
        options.Chain[0].Domains = ["example.net"];
        await using var directory = await StartAsync(options);
        Assert.Equal(AuthenticationOutcome.NotAuthorized, (await ByTokenAsync(directory, _issuer.Token())).Outcome);
        Assert.Equal(AuthenticationOutcome.NoSuchUser, (await ByTokenAsync(directory, _issuer.Token(), "alice@example.org")).Outcome);
    }

    [Fact]
    public async Task Each_issuers_tokens_go_to_its_provider_and_one_that_is_away_stands_in_nobodys_way()
    {
        await using var other = await TestIssuer.StartAsync(_time);
        other.Instead = context =>
        {
            context.Abort();
            return Task.FromResult(true);
        };
        var options = Chain();
        options.Chain.Insert(0, new ChainLinkOptions { Name = "other", Provider = "oauth", OAuth = new OAuthOptions { Issuer = other.Url, Audiences = ["mail"] } });
        await using var directory = await StartAsync(options);
        Assert.Equal(AuthenticationOutcome.Authenticated, (await ByTokenAsync(directory, _issuer.Token())).Outcome);
        Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, (await ByTokenAsync(directory, other.Token())).Outcome);
    }

    [Fact]
    public async Task Wrong_tokens_make_their_address_wait_and_not_the_owner_of_the_password()
    {
        await using var directory = await StartAsync(Chain());
        for (var number = 0; number < 5; number++)
        {
            Assert.Equal(AuthenticationOutcome.WrongPassword, (await ByTokenAsync(directory, $"guess-{number}.b.c", "alice@example.org")).Outcome);
        }

        // The turn after these is taken at once, and the one after that has to wait.
        Assert.Equal(AuthenticationOutcome.WrongPassword, (await ByTokenAsync(directory, "guess-5.b.c", "alice@example.org")).Outcome);
        var waiting = ByTokenAsync(directory, "guess-6.b.c", "alice@example.org");
        Assert.False(waiting.IsCompleted);
        Assert.Equal(AuthenticationOutcome.Authenticated, (await ByPasswordAsync(directory, "secret", "198.51.100.1")).Outcome);
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(AuthenticationOutcome.WrongPassword, (await waiting).Outcome);
    }

    [Fact]
    public async Task A_kept_answer_ends_with_the_token_even_while_the_issuer_is_away()
    {
        var options = Chain();
        options.Chain[0].OAuth.Introspection = new IntrospectionOptions { Urls = [_issuer.Url + "/introspect"], ClientId = TestIssuer.ClientId, ClientSecretFile = _folder.File("secret") };
        options.Cache = new DirectoryCacheOptions { Positive = TimeSpan.FromMinutes(10), LastGood = TimeSpan.FromHours(12) };
        await using var directory = await StartAsync(options);
        var answer = _issuer.Claims();
        answer["active"] = true;
        _issuer.Active["opaque"] = answer;
        Assert.Equal(AuthenticationOutcome.Authenticated, (await ByTokenAsync(directory, "opaque")).Outcome);
        var asked = _issuer.Requests.Count;
        _time.Advance(TimeSpan.FromSeconds(299));
        Assert.Equal(AuthenticationOutcome.Authenticated, (await ByTokenAsync(directory, "opaque")).Outcome);
        Assert.Equal(asked, _issuer.Requests.Count);
        _issuer.Instead = context =>
        {
            context.Abort();
            return Task.FromResult(true);
        };
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, (await ByTokenAsync(directory, "opaque")).Outcome);
    }

    [Fact]
    public async Task The_last_good_answer_serves_while_the_token_lives()
    {
        var options = Chain();
        options.Chain[0].OAuth.Introspection = new IntrospectionOptions { Urls = [_issuer.Url + "/introspect"], ClientId = TestIssuer.ClientId, ClientSecretFile = _folder.File("secret") };
        options.Cache = new DirectoryCacheOptions { Positive = TimeSpan.FromMinutes(1), LastGood = TimeSpan.FromHours(12) };
        await using var directory = await StartAsync(options);
        var answer = _issuer.Claims();
        answer["active"] = true;
        _issuer.Active["opaque"] = answer;
        Assert.Equal(AuthenticationOutcome.Authenticated, (await ByTokenAsync(directory, "opaque")).Outcome);
        _issuer.Instead = context =>
        {
            context.Abort();
            return Task.FromResult(true);
        };
        _time.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(AuthenticationOutcome.Authenticated, (await ByTokenAsync(directory, "opaque")).Outcome);
        Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, (await ByTokenAsync(directory, "another")).Outcome);
    }

    [Fact]
    public async Task Vouching_is_not_for_clients()
    {
        // The key of a kept answer tells the two apart: "vouched for" must not answer an empty password.
        using var nothing = new Secret([]);
        var request = new AuthenticationRequest("alice@example.org", "", nothing, "PLAIN", "imap", null, true);
        Assert.NotEqual(
            VerdictKey.Of(new byte[32], request, DecidingFacts.None, 0), VerdictKey.Of(new byte[32], request with { IsVouched = true }, DecidingFacts.None, 0));
        await using var directory = await StartAsync(Chain());
        Assert.Equal(AuthenticationOutcome.Authenticated, (await ByTokenAsync(directory, _issuer.Token())).Outcome);
        Assert.Equal(AuthenticationOutcome.WrongPassword, (await directory.AuthenticateAsync(request, default)).Outcome);
    }

    private static async Task<AuthenticationResult> ByTokenAsync(IUserDirectory directory, string token, string user = "")
    {
        using var secret = new Secret(Encoding.UTF8.GetBytes(token));
        return await directory.AuthenticateAsync(OAuthRig.Request(secret, user), TestContext.Current.CancellationToken);
    }

    private static async Task<AuthenticationResult> ByPasswordAsync(IUserDirectory directory, string password, string from = "192.0.2.7")
    {
        using var secret = new Secret(Encoding.UTF8.GetBytes(password));
        return await directory.AuthenticateAsync(
            new AuthenticationRequest("alice@example.org", "", secret, "PLAIN", "imap", new(System.Net.IPAddress.Parse(from), 1), true), TestContext.Current.CancellationToken);
    }

    private async Task<IDirectoryProvider> StartAsync(DirectoryOptions options)
    {
        Assert.Empty(options.Validate("Directory"));
        var directory = UserDirectoryFactory.Create(options, NullLoggerFactory.Instance, _time);
        await directory.StartAsync(TestContext.Current.CancellationToken);
        return directory;
    }

    private DirectoryOptions Chain() => new()
    {
        Provider = "chain",
        Chain =
        [
            new ChainLinkOptions { Name = "tokens", Provider = "oauth", OAuth = new OAuthOptions { Issuer = _issuer.Url, Audiences = ["mail"], Users = "staff" } },
            new ChainLinkOptions { Name = "staff", Provider = "file", File = new() { Path = _folder.File("users.json") } },
        ],
    };
}
