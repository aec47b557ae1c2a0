using System.Net;
using System.Text;
using MailProxy.Directory.Guard;
using MailProxy.Directory.Tests.Cache;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MailProxy.Directory.Tests.Guard;

public sealed class GuardedDirectoryTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedProvider _provider = new() { Answer = AuthenticationOutcome.WrongPassword };
    private readonly GuardOptions _options = new() { Free = 3, FreeWhereKnown = 6 };
    private readonly GuardedDirectory _directory;

    public GuardedDirectoryTests() => _directory = new GuardedDirectory(_provider, _options, _time, new Random(1));

    public ValueTask DisposeAsync() => _directory.DisposeAsync();

    [Fact]
    public async Task Beyond_a_few_different_passwords_the_next_waits_longer_and_longer()
    {
        var step = TimeSpan.FromMilliseconds(50);
        await FailAsync("a", "b", "c", "the first that takes a turn");
        foreach (var longest in new[] { 1.0, 2.0, 4.0, 8.0, 15.0, 15.0 })
        {
            var next = AskAsync($"before {longest} {_provider.Asked}");
            var waited = TimeSpan.Zero;
            for (; !next.IsCompleted; waited += step)
            {
                Assert.True(waited < TimeSpan.FromSeconds(longest) + step, $"{waited} of {longest} s");
                _time.Advance(step);
            }

            Assert.InRange(waited.TotalSeconds, (longest / 2) - step.TotalSeconds, longest + step.TotalSeconds);
            Assert.Equal(AuthenticationOutcome.WrongPassword, (await next).Outcome);
        }
    }

    [Fact]
    public async Task Attempts_at_once_get_turns_one_after_the_other_and_the_last_are_refused()
    {
        _provider.Hold();
        var asking = Enumerable.Range(0, 40).Select(number => AskAsync($"guess {number}", from: $"192.0.2.{number}")).ToList();
        Assert.Equal(_options.Free + 1, _provider.Asked);
        Assert.Contains(asking, one => one.IsCompleted && one.Result.Outcome == AuthenticationOutcome.Throttled);
        _provider.LetGo();
        for (var second = 0; second < 40; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        var results = await Task.WhenAll(asking);
        Assert.Equal(_provider.Asked, results.Count(result => result.Outcome == AuthenticationOutcome.WrongPassword));
        Assert.True(_provider.Asked < 40, $"{_provider.Asked}");
    }

    [Fact]
    public async Task One_stale_password_over_and_over_locks_nobody_out()
    {
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(AuthenticationOutcome.WrongPassword, (await AskAsync("last year's")).Outcome);
        }

        _provider.Answer = AuthenticationOutcome.Authenticated;
        Assert.Equal(AuthenticationOutcome.Authenticated, (await AskAsync("right")).Outcome);
    }

    [Fact]
    public async Task The_same_right_password_may_come_from_many_programs_at_once()
    {
        _provider.Answer = AuthenticationOutcome.Authenticated;
        _provider.Hold();
        var asking = Enumerable.Range(0, 30).Select(_ => AskAsync("right")).ToList();
        Assert.Equal(30, _provider.Asked);
        _provider.LetGo();
        Assert.All(await Task.WhenAll(asking), result => Assert.Equal(AuthenticationOutcome.Authenticated, result.Outcome));
    }

    [Fact]
    public async Task The_owner_comes_in_from_a_known_address_while_others_guess()
    {
        _provider.Answer = AuthenticationOutcome.Authenticated;
        await AskAsync("right", from: "192.0.2.1");
        _provider.Answer = AuthenticationOutcome.WrongPassword;
        for (var i = 0; i < 30; i++)
        {
            _ = AskAsync($"guess {i}", from: $"198.51.100.{i}");
        }

        _provider.Answer = AuthenticationOutcome.Authenticated;
        Assert.Equal(AuthenticationOutcome.Authenticated, (await AskAsync("right", from: "192.0.2.1")).Outcome);
        Assert.False(AskAsync("right", from: "203.0.113.1").IsCompletedSuccessfully && (await AskAsync("right", from: "203.0.113.1")).Outcome == AuthenticationOutcome.Authenticated);
    }

    [Fact]
    public async Task Many_users_from_one_address_count_against_the_address()
    {
        for (var i = 0; i < _options.Free; i++)
        {
            await AskAsync("123456", user: $"user{i}", from: "2001:db8:1:2::1");
            await AskAsync($"pass{i}", user: $"user{i}", from: $"2001:db8:1:2::{i + 2}");
        }

        var next = AskAsync("summer", user: "somebody", from: "2001:db8:1:2:ffff::1");
        await AskAsync("winter", user: "somebody", from: "2001:db8:1:3::1");
        var later = AskAsync("autumn", user: "somebody else", from: "2001:db8:1:2::9");
        Assert.False(later.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(30));
        await next;
        await later;
    }

    [Fact]
    public async Task Where_people_are_known_more_is_forgiven()
    {
        _provider.Answer = AuthenticationOutcome.Authenticated;
        await AskAsync("right", user: "colleague");
        _provider.Answer = AuthenticationOutcome.WrongPassword;
        for (var i = 0; i < _options.FreeWhereKnown; i++)
        {
            Assert.Equal(AuthenticationOutcome.WrongPassword, (await AskAsync($"typo {i}", user: $"user{i}")).Outcome);
        }
    }

    [Fact]
    public async Task Failures_are_forgotten_in_time_and_faults_of_the_directory_never_count()
    {
        await FailAsync("a", "b", "c");
        await AskAsync("d");
        _time.Advance(_options.Memory);
        await FailAsync("e", "f", "g");
        _time.Advance(_options.Memory);
        _provider.Answer = AuthenticationOutcome.TemporarilyUnavailable;
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, (await AskAsync($"right {i}")).Outcome);
        }
    }

    [Fact]
    public async Task Who_leaves_while_waiting_or_while_asked_leaves_nothing_behind()
    {
        _provider.Hold();
        for (var i = 0; i < 10; i++)
        {
            using var leaving = new CancellationTokenSource();
            var one = AskAsync($"guess {i}", cancellationToken: leaving.Token);
            await leaving.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        }

        _provider.LetGo();
        await FailAsync("a", "b", "c");
    }

    [Fact]
    public void Options_are_judged()
    {
        var options = new DirectoryOptions { Provider = "static", Static = new() { Password = "{PLAIN}x" } };
        Assert.Empty(options.Validate("Directory"));
        (options.Guard.Free, options.Guard.FirstDelay, options.Guard.Entries) = (0, TimeSpan.Zero, 1);
        Assert.Equal(
            ["Directory:Guard:FirstDelay", "Directory:Guard:Free", "Directory:Guard:Entries"],
            options.Validate("Directory").Select(error => error[..error.LastIndexOf(": ", StringComparison.Ordinal)]));
    }

    private async Task FailAsync(params string[] passwords)
    {
        foreach (var password in passwords)
        {
            var asking = AskAsync(password);
            Assert.True(asking.IsCompleted);
            Assert.Equal(AuthenticationOutcome.WrongPassword, (await asking).Outcome);
        }
    }

    private async Task<AuthenticationResult> AskAsync(string password, string user = "alice", string from = "192.0.2.99", CancellationToken cancellationToken = default)
    {
        using var secret = new Secret(Encoding.UTF8.GetBytes(password));
        return await _directory.AuthenticateAsync(
            new AuthenticationRequest(user, "", secret, "PLAIN", "imap", new IPEndPoint(IPAddress.Parse(from), 1), true), cancellationToken);
    }
}
