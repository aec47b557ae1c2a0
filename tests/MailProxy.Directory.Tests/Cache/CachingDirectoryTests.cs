using System.Net;
using System.Text;
using MailProxy.Directory.Cache;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MailProxy.Directory.Tests.Cache;

public sealed class CachingDirectoryTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedProvider _provider = new();
    private readonly DirectoryCacheOptions _options = new()
    {
        Positive = TimeSpan.FromMinutes(1), Negative = TimeSpan.FromSeconds(5), LastGood = TimeSpan.FromHours(1), Entries = 1_000,
    };

    private readonly CachingDirectory _directory;

    public CachingDirectoryTests() => _directory = new CachingDirectory("test", _provider, _options, _time);

    public ValueTask DisposeAsync() => _directory.DisposeAsync();

    [Fact]
    public async Task A_right_password_is_asked_about_again_when_its_time_is_over()
    {
        await ExpectAsync(AuthenticationOutcome.Authenticated, asked: 1);
        _time.Advance(TimeSpan.FromSeconds(59));
        await ExpectAsync(AuthenticationOutcome.Authenticated, asked: 1);
        _time.Advance(TimeSpan.FromSeconds(1));
        await ExpectAsync(AuthenticationOutcome.Authenticated, asked: 2);
    }

    [Theory]
    [InlineData(AuthenticationOutcome.WrongPassword)]
    [InlineData(AuthenticationOutcome.NoSuchUser)]
    [InlineData(AuthenticationOutcome.Disabled)]
    [InlineData(AuthenticationOutcome.Expired)]
    [InlineData(AuthenticationOutcome.NotAuthorized)]
    public async Task A_refusal_is_repeated_for_a_moment_and_for_that_password_only(AuthenticationOutcome refusal)
    {
        _provider.Answer = refusal;
        await ExpectAsync(refusal, asked: 1);
        _time.Advance(TimeSpan.FromSeconds(4));
        await ExpectAsync(refusal, asked: 1);
        _provider.Answer = AuthenticationOutcome.Authenticated;
        await ExpectAsync(AuthenticationOutcome.Authenticated, asked: 2, password: "another");
        _time.Advance(TimeSpan.FromSeconds(1));
        await ExpectAsync(AuthenticationOutcome.Authenticated, asked: 3);
    }

    [Fact]
    public async Task I_cannot_say_now_is_never_kept()
    {
        _provider.Answer = AuthenticationOutcome.TemporarilyUnavailable;
        await ExpectAsync(AuthenticationOutcome.TemporarilyUnavailable, asked: 1);
        await ExpectAsync(AuthenticationOutcome.TemporarilyUnavailable, asked: 2);
    }

    [Fact]
    public async Task The_last_good_answer_carries_a_user_through_an_outage_and_no_further()
    {
        await ExpectAsync(AuthenticationOutcome.Authenticated, asked: 1);
        _provider.Answer = AuthenticationOutcome.TemporarilyUnavailable;
        _provider.Unreadiness = "all servers are away";
        _time.Advance(TimeSpan.FromMinutes(60));
        var result = await AskAsync("secret");
        Assert.Equal(AuthenticationOutcome.Authenticated, result.Outcome);
        Assert.Contains("60 min old", result.Detail, StringComparison.Ordinal);
        Assert.Null(_directory.Unreadiness);
        Assert.Contains("all servers are away", _directory.Notice, StringComparison.Ordinal);
        Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, (await AskAsync("another")).Outcome);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, (await AskAsync("secret")).Outcome);
    }

    [Fact]
    public async Task Who_was_refused_since_is_not_let_in_by_an_older_answer()
    {
        await ExpectAsync(AuthenticationOutcome.Authenticated, asked: 1);
        _time.Advance(TimeSpan.FromMinutes(2));
        _provider.Answer = AuthenticationOutcome.Disabled;
        await ExpectAsync(AuthenticationOutcome.Disabled, asked: 2);
        _time.Advance(TimeSpan.FromMinutes(2));
        _provider.Answer = AuthenticationOutcome.TemporarilyUnavailable;
        await ExpectAsync(AuthenticationOutcome.TemporarilyUnavailable, asked: 3);
    }

    [Fact]
    public void Without_anybody_to_serve_an_unready_provider_is_an_unready_directory()
    {
        _provider.Unreadiness = "away";
        Assert.Equal("away", _directory.Unreadiness);
    }

    [Fact]
    public async Task The_same_question_is_asked_once_at_a_time()
    {
        _provider.Hold();
        var asking = Enumerable.Range(0, 50).Select(_ => AskAsync("secret")).ToList();
        var other = AskAsync("another");
        Assert.Equal(2, _provider.Asked);
        _provider.LetGo();
        Assert.All(await Task.WhenAll(asking), result => Assert.Equal(AuthenticationOutcome.Authenticated, result.Outcome));
        await other;
        Assert.Equal(2, _provider.Asked);
    }

    [Fact]
    public async Task Who_goes_away_takes_nobody_else_along_and_the_last_one_ends_the_question()
    {
        _provider.Hold();
        using var first = new CancellationTokenSource();
        using var second = new CancellationTokenSource();
        var one = AskAsync("secret", cancellationToken: first.Token);
        var two = AskAsync("secret", cancellationToken: second.Token);
        await first.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        Assert.False(_provider.WasGivenUp);
        await second.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => two);
        Assert.True(_provider.WasGivenUp);
        _provider.LetGo();
        Assert.Equal(AuthenticationOutcome.Authenticated, (await AskAsync("secret")).Outcome);
    }

    [Fact]
    public async Task The_secret_lives_until_the_answer_though_its_first_owner_has_gone()
    {
        _provider.Hold();
        using var gone = new CancellationTokenSource();
        var one = AskAsync("secret", cancellationToken: gone.Token);
        var two = AskAsync("secret");
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        Assert.Equal("secret", Encoding.UTF8.GetString(_provider.Secret!.Octets.Span));
        _provider.LetGo();
        await two;
        Assert.True(_provider.Secret.Octets.IsEmpty);
    }

    [Fact]
    public async Task A_new_version_of_what_the_provider_knows_is_asked_at_once()
    {
        await ExpectAsync(AuthenticationOutcome.Authenticated, asked: 1);
        Assert.Equal(LookupOutcome.Found, (await _directory.LookUpAsync("a@example.org", CancellationToken.None)).Outcome);
        _provider.Version++;
        _provider.Answer = AuthenticationOutcome.Disabled;
        _provider.Found = LookupOutcome.NoSuchUser;
        await ExpectAsync(AuthenticationOutcome.Disabled, asked: 2);
        Assert.Equal(LookupOutcome.NoSuchUser, (await _directory.LookUpAsync("a@example.org", CancellationToken.None)).Outcome);
    }

    [Fact]
    public async Task A_forgotten_user_is_asked_about_anew_and_nobody_else_is()
    {
        await ExpectAsync(AuthenticationOutcome.Authenticated, asked: 1);
        await AskAsync("secret", user: "bob");
        await _directory.LookUpAsync("ALICE@example.org", CancellationToken.None);
        Assert.Equal(2, _directory.Forget("Alice@Example.org"));
        Assert.Equal(0, _directory.Forget("alice@example.org"));
        await AskAsync("secret", user: "bob");
        Assert.Equal(2, _provider.Asked);
        await ExpectAsync(AuthenticationOutcome.Authenticated, asked: 3);
    }

    [Fact]
    public async Task Addresses_are_kept_like_logins()
    {
        await LookUpAsync(LookupOutcome.Found, lookedUp: 1);
        _time.Advance(TimeSpan.FromSeconds(59));
        await LookUpAsync(LookupOutcome.Found, lookedUp: 1);
        _time.Advance(TimeSpan.FromSeconds(2));
        _provider.Found = LookupOutcome.TemporarilyUnavailable;
        await LookUpAsync(LookupOutcome.Found, lookedUp: 2);
        _provider.Found = LookupOutcome.NoSuchUser;
        await LookUpAsync(LookupOutcome.NoSuchUser, lookedUp: 3);
        await LookUpAsync(LookupOutcome.NoSuchUser, lookedUp: 3);
        _time.Advance(TimeSpan.FromSeconds(5));
        _provider.Found = LookupOutcome.TemporarilyUnavailable;
        await LookUpAsync(LookupOutcome.TemporarilyUnavailable, lookedUp: 4);
    }

    [Fact]
    public async Task A_flood_of_wrong_passwords_pushes_no_good_answer_out()
    {
        await ExpectAsync(AuthenticationOutcome.Authenticated, asked: 1);
        _provider.Answer = AuthenticationOutcome.WrongPassword;
        for (var i = 0; i < 5 * _options.Entries; i++)
        {
            await AskAsync($"guess {i}");
        }

        _provider.Answer = AuthenticationOutcome.TemporarilyUnavailable;
        await ExpectAsync(AuthenticationOutcome.Authenticated, asked: 1 + (5 * _options.Entries));
    }

    [Fact]
    public async Task A_provider_that_throws_is_asked_again()
    {
        _provider.Fault = new InvalidOperationException("broken");
        await Assert.ThrowsAsync<InvalidOperationException>(() => AskAsync("secret"));
        _provider.Fault = null;
        await ExpectAsync(AuthenticationOutcome.Authenticated, asked: 2);
    }

    private async Task ExpectAsync(AuthenticationOutcome outcome, int asked, string password = "secret")
    {
        Assert.Equal(outcome, (await AskAsync(password)).Outcome);
        Assert.Equal(asked, _provider.Asked);
    }

    private async Task LookUpAsync(LookupOutcome outcome, int lookedUp)
    {
        Assert.Equal(outcome, (await _directory.LookUpAsync("alice@example.org", CancellationToken.None)).Outcome);
        Assert.Equal(lookedUp, _provider.LookedUp);
    }

    private async Task<AuthenticationResult> AskAsync(string password, string user = "alice", CancellationToken cancellationToken = default)
    {
        using var secret = new Secret(Encoding.UTF8.GetBytes(password));
        var request = new AuthenticationRequest(user, "", secret, "PLAIN", "imap", new IPEndPoint(IPAddress.Loopback, 1), true);
        return await _directory.AuthenticateAsync(request, cancellationToken);
    }
}
