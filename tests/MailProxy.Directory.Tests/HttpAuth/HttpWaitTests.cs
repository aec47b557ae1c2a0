using System.Text;
using MailProxy.Directory.Cache;
using MailProxy.Directory.HttpAuth;
using MailProxy.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static MailProxy.Testing.AuthHttpService;

namespace MailProxy.Directory.Tests.HttpAuth;

/// <summary>Waiting by the clock, and what the cache makes of verdicts with secrets and waits.</summary>
public sealed class HttpWaitTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Wait_is_obeyed_for_as_long_as_it_says_and_then_asked_again()
    {
        var asked = 0;
        await using var service = new AuthHttpService(_ => ++asked < 3 ? Answer("Auth-Status: WAIT", "Auth-Wait: 7") : Answer("Auth-Status: OK"));
        await using var rig = new HttpAuthRig(new HttpAuthOptions { Urls = [service.Url], Timeout = TimeSpan.FromMinutes(1) }, _time);
        var login = rig.LogInAsync();
        for (var round = 1; round < 3; round++)
        {
            await AdvanceUntilAsync(() => service.Requests.Count > round || login.IsCompleted);
        }

        Assert.Equal(AuthenticationOutcome.Authenticated, (await login).Outcome);
        Assert.Equal(3, asked);
        Assert.InRange(_time.GetUtcNow() - _time.Start, TimeSpan.FromSeconds(14), TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Waiting_for_ever_is_a_temporary_fault()
    {
        await using var service = new AuthHttpService(_ => Answer("Auth-Status: WAIT"));
        await using var rig = new HttpAuthRig(new HttpAuthOptions { Urls = [service.Url], Repeats = 2 });

        var result = await rig.LogInAsync();

        Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, result.Outcome);
        Assert.EndsWith("it said Auth-Status: WAIT 3 times", result.Detail, StringComparison.Ordinal);
        Assert.Equal(3, service.Requests.Count);
    }

    [Fact]
    public async Task A_kept_verdict_opens_its_secret_for_each_session_and_knows_who_may_have_it()
    {
        await using var service = new AuthHttpService(request => Answer("Auth-Status: OK", "Auth-User: box", $"Auth-Pass: for-{request["Auth-Pass"]}"));
        await using var rig = new HttpAuthRig(null, service.Url);
        await using var cached = new CachingDirectory("http", rig.Directory, new DirectoryCacheOptions(), _time);

        foreach (var password in new[] { "one", "one", "two", "one" })
        {
            using var secret = new Secret(Encoding.UTF8.GetBytes(password));
            var result = await cached.AuthenticateAsync(new AuthenticationRequest("alice", "", secret, "PLAIN", "imap", null, true), default);
            using var opened = result.User!.Login!.Secret!.Open(secret);
            Assert.Equal($"for-{password}", Encoding.UTF8.GetString(opened.Octets.Span));
        }

        Assert.Equal(2, service.Requests.Count);
    }

    [Fact]
    public async Task Sessions_that_joined_one_question_each_have_their_own_copy()
    {
        var go = new TaskCompletionSource();
        await using var service = new AuthHttpService(async (_, stop) =>
        {
            await go.Task.WaitAsync(stop);
            return Answer("Auth-Status: OK", "Auth-Pass: other");
        });
        await using var rig = new HttpAuthRig(null, service.Url);
        await using var cached = new CachingDirectory("http", rig.Directory, new DirectoryCacheOptions { Positive = TimeSpan.Zero, Negative = TimeSpan.Zero }, _time);
        var sessions = Enumerable.Range(0, 8).Select(async _ =>
        {
            using var secret = new Secret("secret"u8.ToArray());
            var result = await cached.AuthenticateAsync(new AuthenticationRequest("alice", "", secret, "PLAIN", "imap", null, true), default);
            using var opened = result.User!.Login!.Secret!.Open(secret);
            return Encoding.UTF8.GetString(opened.Octets.Span);
        }).ToList();
        go.SetResult();

        Assert.All(await Task.WhenAll(sessions), text => Assert.Equal("other", text));
        Assert.Single(service.Requests);
    }

    [Fact]
    public async Task A_kept_refusal_keeps_its_words_and_its_wait()
    {
        await using var service = new AuthHttpService(_ => Answer("Auth-Status: Wrong, wait", "Auth-Wait: 4"));
        await using var rig = new HttpAuthRig(null, service.Url);
        await using var cached = new CachingDirectory("http", rig.Directory, new DirectoryCacheOptions(), _time);
        for (var attempt = 0; attempt < 3; attempt++)
        {
            using var secret = new Secret("wrong"u8.ToArray());
            var result = await cached.AuthenticateAsync(new AuthenticationRequest("alice", "", secret, "PLAIN", "imap", null, true), default);
            Assert.Equal(new RefusalWords("Wrong, wait", TimeSpan.FromSeconds(4), null), result.Refusal);
        }

        Assert.Single(service.Requests);
    }

    [Fact]
    public void What_the_service_is_told_is_what_it_may_decide_by_unless_the_operator_knows_better()
    {
        Assert.Equal(DecidingFacts.All & ~DecidingFacts.LocalAddress, new HttpAuthOptions().Facts);
        Assert.Equal(DecidingFacts.None, new HttpAuthOptions { DecidesBy = ["none"] }.Facts);
        Assert.Equal(DecidingFacts.ClientAddress | DecidingFacts.Attempt, new HttpAuthOptions { DecidesBy = ["clientAddress", "attempt"] }.Facts);
    }

    // Timers begin on other threads: a second at a time, until what is waited for has happened.
    private async Task AdvanceUntilAsync(Func<bool> happened)
    {
        for (var beat = 0; beat < 5_000 && !happened(); beat++)
        {
            await Beat.WaitAsync(1);
            if (beat % 50 == 49)
            {
                _time.Advance(TimeSpan.FromSeconds(1));
            }
        }
    }
}
