using System.Net;
using MailProxy.Http.UserTraffic;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MailProxy.Http.Tests;

public sealed class GuessingGuardTests
{
    private static readonly IPAddress Guesser = IPAddress.Parse("192.0.2.7");

    private readonly FakeTimeProvider _time = new();
    private readonly GuessingGuard _guard;

    public GuessingGuardTests() => _guard = new GuessingGuard(new Random(7), _time);

    [Fact]
    public void Delays_grow_to_a_bound_and_are_shuffled()
    {
        var delays = Enumerable.Range(0, 12).Select(_ => _guard.NextDelay(Guesser)).ToList();
        Assert.InRange(delays[0], TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(500));
        Assert.InRange(delays[3], TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4));
        Assert.All(delays.Skip(5), delay => Assert.InRange(delay, TimeSpan.FromSeconds(7.5), TimeSpan.FromSeconds(15)));
        Assert.Equal(delays.Count, delays.Distinct().Count());
    }

    [Fact]
    public void Others_do_not_pay_for_a_guesser()
    {
        Fail(Guesser, times: 9);
        Assert.True(_guard.NextDelay(IPAddress.Parse("192.0.2.8")) <= TimeSpan.FromMilliseconds(500));
    }

    [Fact]
    public void A_whole_64_is_one_network_and_a_mapped_address_is_its_ipv4()
    {
        Fail(IPAddress.Parse("2001:db8:1:2::1"), times: 9);
        Assert.True(_guard.NextDelay(IPAddress.Parse("2001:db8:1:2:ffff::9")) > TimeSpan.FromSeconds(7));
        Assert.True(_guard.NextDelay(IPAddress.Parse("2001:db8:1:3::1")) <= TimeSpan.FromMilliseconds(500));
        Fail(Guesser, times: 9);
        Assert.True(_guard.NextDelay(Guesser.MapToIPv6()) > TimeSpan.FromSeconds(7));
    }

    [Fact]
    public void Success_and_time_forgive()
    {
        Fail(Guesser, times: 9);
        _guard.Succeeded(Guesser);
        Assert.True(_guard.NextDelay(Guesser) <= TimeSpan.FromMilliseconds(500));
        Fail(Guesser, times: 9);
        _time.Advance(TimeSpan.FromMinutes(11));
        Assert.True(_guard.NextDelay(Guesser) <= TimeSpan.FromMilliseconds(500));
    }

    [Fact]
    public async Task The_answer_waits_for_the_clock()
    {
        var waiting = _guard.WaitAsync(Guesser, CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.True(await waiting.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task Too_many_that_wait_are_refused_at_once()
    {
        using var stop = new CancellationTokenSource();
        var waiting = Enumerable.Range(0, 2_000).Select(_ => _guard.WaitAsync(Guesser, stop.Token)).ToList();
        Assert.False(await _guard.WaitAsync(Guesser, stop.Token));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(waiting));
    }

    private void Fail(IPAddress client, int times)
    {
        for (var i = 0; i < times; i++)
        {
            _guard.NextDelay(client);
        }
    }
}
