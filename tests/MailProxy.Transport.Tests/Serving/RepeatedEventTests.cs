using MailProxy.Transport.Serving;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MailProxy.Transport.Tests.Serving;

public sealed class RepeatedEventTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<long> _told = [];

    [Fact]
    public void The_first_is_told_at_once_repetitions_once_a_period_and_after_a_quiet_one_it_begins_anew()
    {
        using var refusal = new RepeatedEvent(_time, _told.Add);
        Happens(refusal, 1);
        Assert.Equal([1], _told);
        Happens(refusal, 500);
        Assert.Equal([1], _told);
        _time.Advance(RepeatedEvent.Period);
        Assert.Equal([1, 500], _told);
        Happens(refusal, 2);
        _time.Advance(RepeatedEvent.Period);
        Assert.Equal([1, 500, 2], _told);
        _time.Advance(10 * RepeatedEvent.Period);
        Happens(refusal, 1);
        Assert.Equal([1, 500, 2, 1], _told);
    }

    [Fact]
    public void What_was_not_told_is_told_at_the_end()
    {
        var refusal = new RepeatedEvent(_time, _told.Add);
        Happens(refusal, 3);
        refusal.Dispose();
        Happens(refusal, 1);
        _time.Advance(10 * RepeatedEvent.Period);
        Assert.Equal([1, 2], _told);
    }

    private static void Happens(RepeatedEvent refusal, int times)
    {
        for (var i = 0; i < times; i++)
        {
            refusal.Happened();
        }
    }
}
