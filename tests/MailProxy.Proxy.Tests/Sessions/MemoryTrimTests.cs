using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MailProxy.Proxy.Tests.Sessions;

public sealed class MemoryTrimTests : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    private readonly FakeTimeProvider _time = new();
    private readonly Proxy.Sessions.MemoryTrim _trim;
    private int _collections = 100;
    private long _live = 1_000_000;
    private int _trims;

    public MemoryTrimTests() => _trim = new(_time, () => _collections, () => _live, Collect);

    public void Dispose() => _trim.Dispose();

    [Fact]
    public void A_burst_is_followed_by_one_collection_once_it_is_over()
    {
        Burst(20);
        Assert.Equal(0, _trims);
        Pass(2);
        Assert.Equal(1, _trims);
        Pass(1_000);
        Assert.Equal(1, _trims);
    }

    [Fact]
    public void Nothing_is_collected_while_it_lasts()
    {
        for (var i = 0; i < 100; i++)
        {
            Burst(1);
        }

        Assert.Equal(0, _trims);
    }

    [Fact]
    public void A_few_logins_are_no_burst()
    {
        for (var i = 0; i < 7; i++)
        {
            Burst(1);
            Pass(10);
        }

        Assert.Equal(0, _trims);
        Burst(1);
        Pass(2);
        Assert.Equal(1, _trims);
    }

    [Fact]
    public void It_rests_for_five_seconds_after_each()
    {
        Burst(10);
        Pass(2);
        Burst(10);
        Pass(18);
        Assert.Equal(1, _trims);
        Pass(2);
        Assert.Equal(2, _trims);
    }

    [Fact]
    public void So_much_memory_that_sessions_would_feel_the_pause_is_left_alone()
    {
        _live = 49 * 1024 * 1024;
        Burst(10);
        Pass(100);
        Assert.Equal(0, _trims);
    }

    private void Burst(int collections)
    {
        _collections += collections;
        Pass(1);
    }

    private void Pass(int looks)
    {
        for (var i = 0; i < looks; i++)
        {
            _time.Advance(Look);
        }
    }

    private void Collect()
    {
        _trims++;
        _collections++;
    }
}
