using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MailProxy.Directory.HttpAuth;
using MailProxy.Testing;
using Microsoft.Extensions.Logging;
using Xunit;
using static MailProxy.Testing.AuthHttpService;

namespace MailProxy.Directory.Tests.HttpAuth;

/// <summary>Whatever is wrong with the service, nobody hears "wrong password" for it.</summary>
public sealed class HttpFaultTests
{
    private const string Yes = "Auth-Status: OK";

    public static TheoryData<string, string> Unusable => new()
    {
        { Status("500 Internal Server Error", Yes), "it answered 500" },
        { Status("503 Busy", "Auth-Status: Invalid login"), "it answered 503" },
        { Status("302 Found", Yes, "Location: http://127.0.0.1:1/"), "redirects are not followed" },
        { Status("404 Not Found"), "it answered 404 without Auth-Status (is the URL right?)" },
        { Status("401 Unauthorized", Yes), "it answered 401 with Auth-Status: OK" },
        { Answer(), "without Auth-Status" },
        { Answer("Auth-Status:"), "without Auth-Status" },
        { Answer(Yes, "Auth-Status: No"), "Auth-Status more than once" },
        { Answer(Yes, "Auth-User: a", "Auth-User: b"), "Auth-User more than once" },
        { Answer(Yes, "Auth-Server: 192.0.2.1", "Auth-Port: 0"), "Auth-Port: 0, which is no port" },
        { Answer(Yes, "Auth-Server: 192.0.2.1", "Auth-Port: 65536"), "which is no port" },
        { Answer(Yes, "Auth-Server: 192.0.2.1", "Auth-Port: +143"), "which is no port" },
        { Answer(Yes, "Auth-Server: 192.0.2.1"), "Auth-Server: 192.0.2.1 without Auth-Port" },
        { Answer(Yes, "Auth-Port: 143"), "Auth-Port without Auth-Server" },
        { Answer(Yes, "Auth-Server: 1", "Auth-Port: 143"), "neither an address nor a name" },
        { Answer(Yes, "Auth-Server: 0.0.0.0", "Auth-Port: 143"), "neither an address nor a name" },
        { Answer(Yes, "Auth-Server: a b", "Auth-Port: 143"), "neither an address nor a name" },
        { Answer(Yes, "Auth-Server: ::", "Auth-Port: 143"), "neither an address nor a name" },
        { Answer(Yes, "Auth-User: a\u0001b"), "Auth-User that is no user name" },
        { Answer(Yes, "Auth-User: \u00FF\u00FE"), "Auth-User that is no user name" },
        { Answer(Yes, $"Auth-User: {new string('u', 256)}"), "Auth-User that is no user name" },
        { Answer(Yes, "Auth-Pass: a\u0007b"), "Auth-Pass that is no password" },
        { Answer(Yes, $"X: {new string('x', 9_000)}"), "" },
        { "SSH-2.0-OpenSSH\r\n\r\n", "" },
        { "HTTP/1.1 200 OK\r\nAuth-Status OK\r\n\r\n", "" },
        { "", "" },
    };

    [Theory]
    [MemberData(nameof(Unusable))]
    public async Task An_answer_that_cannot_be_used_is_a_temporary_fault_with_a_reason(string answer, string reason)
    {
        await using var service = new AuthHttpService(_ => answer);
        await using var rig = new HttpAuthRig(null, service.Url);
        await rig.Directory.StartAsync(default);

        var result = await rig.LogInAsync();

        Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, result.Outcome);
        Assert.StartsWith(service.Url + ": ", result.Detail, StringComparison.Ordinal);
        Assert.Contains(reason, result.Detail, StringComparison.Ordinal);
        Assert.Null(result.Refusal);
        Assert.DoesNotContain(rig.Log.Entries, entry => entry.Text.Contains("secret", StringComparison.Ordinal));
        Assert.Contains(rig.Log.Entries, entry => entry.Level == LogLevel.Warning);
    }

    [Fact]
    public async Task A_header_that_the_service_was_made_to_inject_stays_text()
    {
        // A bare CR or LF ends nothing here that ended nothing there.
        await using var service = new AuthHttpService(_ => Answer("Auth-Status: No\tsuch user", "Auth-Wait: 1x", "Auth-Error-Code: 535 5.7.8 \u0001"));
        await using var rig = new HttpAuthRig(null, service.Url);

        var result = await rig.LogInAsync();

        Assert.Equal(new RefusalWords("No such user", null, null), result.Refusal);
    }

    [Theory]
    [InlineData("Auth-Status: No\r\n * BYE", true)]
    [InlineData("Auth-Status: No\rX: y", false)]
    [InlineData("Auth-Status: No\u0000such", false)]
    public async Task No_line_ends_come_through(string header, bool mayBeText)
    {
        await using var service = new AuthHttpService(_ => Answer(header));
        await using var rig = new HttpAuthRig(null, service.Url);

        var result = await rig.LogInAsync();

        Assert.True(mayBeText || result.Refusal is null || !result.Refusal.Text.Any(char.IsControl), result.ToString());
        Assert.DoesNotContain(result.Refusal?.Text ?? "", char.IsControl);
        Assert.NotEqual(AuthenticationOutcome.Authenticated, result.Outcome);
    }

    [Fact]
    public async Task A_service_that_is_down_at_the_start_is_told_and_found_when_it_comes()
    {
        var port = FreePort();
        var url = $"http://127.0.0.1:{port}/auth";
        await using var rig = new HttpAuthRig(new HttpAuthOptions { Urls = [url], ShortestPause = TimeSpan.FromMilliseconds(10), LongestPause = TimeSpan.FromMilliseconds(50) });
        await rig.Directory.StartAsync(default);

        Assert.StartsWith(url + ": ", rig.Directory.Unreadiness, StringComparison.Ordinal);
        Assert.Null(rig.Directory.Notice);
        Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, (await rig.LogInAsync()).Outcome);

        await using var service = new AuthHttpService(_ => Answer(Yes), port);
        Assert.Equal(AuthenticationOutcome.Authenticated, (await rig.LogInAsync()).Outcome);
        Assert.Null(rig.Directory.Unreadiness);
        Assert.Contains(rig.Log.Entries, entry => entry.Text == $"Authentication service {url} answers again");
    }

    [Fact]
    public async Task A_service_that_dies_and_comes_back_is_asked_again_over_new_connections()
    {
        var port = FreePort();
        await using var rig = new HttpAuthRig(new HttpAuthOptions { Urls = [$"http://127.0.0.1:{port}/auth"] });
        for (var life = 0; life < 3; life++)
        {
            await using (var service = new AuthHttpService(_ => Answer(Yes), port))
            {
                Assert.Equal(AuthenticationOutcome.Authenticated, (await rig.LogInAsync()).Outcome);
                Assert.Equal(AuthenticationOutcome.Authenticated, (await rig.LogInAsync()).Outcome);
                Assert.Equal(1, service.Connections);
            }

            Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, (await rig.LogInAsync()).Outcome);
        }
    }

    [Fact]
    public async Task A_slow_service_is_a_temporary_fault_in_time_and_others_are_not_held_up()
    {
        await using var service = new AuthHttpService(async (request, stop) =>
        {
            await Beat.WaitAsync(request["Auth-User"] == "slow" ? 2_000 : 1, stop);
            return Answer(Yes);
        });
        await using var rig = new HttpAuthRig(new HttpAuthOptions { Urls = [service.Url], Timeout = TimeSpan.FromMilliseconds(500) });
        var began = Stopwatch.GetTimestamp();
        var slow = rig.LogInAsync("slow");
        Assert.Equal(AuthenticationOutcome.Authenticated, (await rig.LogInAsync("quick")).Outcome);
        Assert.False(slow.IsCompleted);
        var result = await slow;

        Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, result.Outcome);
        Assert.EndsWith(": no answer within 0.5 s", result.Detail, StringComparison.Ordinal);
        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.FromSeconds(0.4), TimeSpan.FromSeconds(1.9));
    }

    [Fact]
    public async Task The_first_url_that_answers_is_asked_and_one_that_failed_is_left_alone()
    {
        await using var second = new AuthHttpService(_ => Answer(Yes));
        await using var third = new AuthHttpService(_ => Answer(Yes));
        var down = $"http://127.0.0.1:{FreePort()}/auth";
        await using var rig = new HttpAuthRig(new HttpAuthOptions { Urls = [down, second.Url, third.Url], ShortestPause = TimeSpan.FromMinutes(1) });

        for (var login = 0; login < 5; login++)
        {
            Assert.Equal(AuthenticationOutcome.Authenticated, (await rig.LogInAsync()).Outcome);
        }

        Assert.Equal(5, second.Requests.Count);
        Assert.Empty(third.Requests);
        Assert.Null(rig.Directory.Unreadiness);
        Assert.StartsWith(down, rig.Directory.Notice, StringComparison.Ordinal);
        Assert.Single(rig.Log.Entries, entry => entry.Level == LogLevel.Warning);
    }

    [Fact]
    public async Task A_service_that_closes_after_each_answer_is_dialled_each_time()
    {
        await using var service = new AuthHttpService(_ => Answer(Yes, "Connection: close"));
        await using var rig = new HttpAuthRig(null, service.Url);
        for (var login = 0; login < 10; login++)
        {
            Assert.Equal(AuthenticationOutcome.Authenticated, (await rig.LogInAsync()).Outcome);
        }

        Assert.Equal(10, service.Connections);
    }

    [Fact]
    public async Task Connections_and_those_who_wait_for_one_are_bounded()
    {
        var go = new TaskCompletionSource();
        var inside = 0;
        var most = 0;
        await using var service = new AuthHttpService(async (_, stop) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref inside));
            await go.Task.WaitAsync(stop);
            Interlocked.Decrement(ref inside);
            return Answer(Yes);
        });
        await using var rig = new HttpAuthRig(new HttpAuthOptions { Urls = [service.Url], Connections = 2, Waiting = 3 });
        var logins = Enumerable.Range(0, 7).Select(_ => rig.LogInAsync()).ToList();

        // Two are asked, three wait, two are turned away at once.
        foreach (var refused in logins[5..])
        {
            var result = await refused;
            Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, result.Outcome);
            Assert.Contains("3 logins wait for its 2 connections already", result.Detail, StringComparison.Ordinal);
        }

        go.SetResult();
        Assert.All(await Task.WhenAll(logins[..5]), result => Assert.Equal(AuthenticationOutcome.Authenticated, result.Outcome));
        Assert.InRange(most, 1, 2);
        Assert.Null(rig.Directory.Notice);
    }

    [Fact]
    public async Task Who_gives_up_waiting_is_no_fault_of_the_service()
    {
        await using var service = new AuthHttpService(async (_, stop) =>
        {
            // Until it is stopped.
            await new TaskCompletionSource().Task.WaitAsync(stop);
            return "";
        });
        await using var rig = new HttpAuthRig(null, service.Url);
        using var gone = new CancellationTokenSource();
        var login = rig.LogInAsync(cancellationToken: gone.Token);
        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => login);
        Assert.Empty(rig.Log.Entries);
        Assert.Null(rig.Directory.Unreadiness);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
