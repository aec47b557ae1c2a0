using MailProxy.Proxy.Submission;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MailProxy.Proxy.Tests.Submission;

public sealed class SubmissionRatesTests
{
    private const string Alice = "alice@example.org";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 28, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task The_limit_holds_within_an_hour_and_comes_back_little_by_little()
    {
        var rates = new SubmissionRates(null, _time);
        Assert.Equal(10, await TakenAsync(rates, Alice, 10));
        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(0, await TakenAsync(rates, Alice, 10));
        Assert.Equal(10, await TakenAsync(rates, "bob@example.org", 10));

        // Half an hour into the next hour of the clock half of the ten count.
        _time.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal(5, await TakenAsync(rates, Alice, 10));
        _time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(10, await TakenAsync(rates, Alice, 10));
    }

    [Fact]
    public async Task Messages_and_recipients_are_counted_apart_and_no_limit_counts_nothing()
    {
        var rates = new SubmissionRates(null, _time);
        Assert.True(await rates.TakeAsync(SubmissionCount.Messages, Alice, 1));
        Assert.True(await rates.TakeAsync(SubmissionCount.Recipients, Alice, 1));
        Assert.False(await rates.TakeAsync(SubmissionCount.Messages, Alice, 1));
        Assert.True(await rates.TakeAsync(SubmissionCount.Messages, "bob@example.org", 0));
        Assert.Equal(2, rates.Entries);
    }

    [Fact]
    public async Task Who_sent_nothing_for_two_hours_is_forgotten()
    {
        var rates = new SubmissionRates(null, _time);
        await TakenAsync(rates, Alice, 1);
        _time.Advance(TimeSpan.FromHours(2));
        await TakenAsync(rates, "bob@example.org", 1);
        Assert.Equal(1, rates.Entries);
    }

    [Theory]
    [InlineData(true, 3)]
    [InlineData(null, 3)]
    [InlineData(false, 0)]
    public async Task The_count_of_all_nodes_holds_as_well_while_it_can_be_asked(bool? answer, int taken)
    {
        var rates = new SubmissionRates(new Answering(answer), _time);
        Assert.Equal(taken, await TakenAsync(rates, Alice, 3));

        // What another node's count refused did not use up this node's.
        var alone = new SubmissionRates(new Answering(false), _time);
        Assert.False(await alone.TakeAsync(SubmissionCount.Messages, Alice, 1));
        Assert.False(await alone.TakeAsync(SubmissionCount.Messages, Alice, 1));
    }

    [Fact]
    public async Task What_all_nodes_refuse_is_given_back_to_the_hour_it_was_taken_from()
    {
        // The one that is refused, and while that is asked another one, which is not.
        SubmissionRates? rates = null;
        var isFirst = true;
        rates = new SubmissionRates(
            new Answering(true)
            {
                Before = async () =>
                {
                    if (isFirst)
                    {
                        isFirst = false;
                        _time.Advance(TimeSpan.FromHours(2));
                        Assert.True(await rates!.TakeAsync(SubmissionCount.Messages, Alice, 2));
                        return false;
                    }

                    return null;
                },
            },
            _time);
        Assert.False(await rates.TakeAsync(SubmissionCount.Messages, Alice, 2));

        // The present hour's one stays; another fits, and no third.
        Assert.True(await rates.TakeAsync(SubmissionCount.Messages, Alice, 2));
        Assert.False(await rates.TakeAsync(SubmissionCount.Messages, Alice, 2));
    }

    [Theory]
    [InlineData(9, 2, 3)]
    [InlineData(8, 3, 2)]
    [InlineData(7, 3, 3)]
    public void One_less_is_of_its_hour(long hour, int count, int before) => Assert.Equal(new HourlyCount(9, count, before), new HourlyCount(9, 3, 3).Back(hour));

    private static async Task<int> TakenAsync(SubmissionRates rates, string user, int limit)
    {
        var taken = 0;
        while (taken <= limit && await rates.TakeAsync(SubmissionCount.Messages, user, limit))
        {
            taken++;
        }

        return taken;
    }

    private sealed class Answering(bool? answer) : ISharedRates
    {
        public Func<Task<bool?>>? Before { get; init; }

        public async ValueTask<bool?> TakeAsync(SubmissionCount what, string user, int limit) => (Before is null ? null : await Before()) ?? answer;
    }
}
