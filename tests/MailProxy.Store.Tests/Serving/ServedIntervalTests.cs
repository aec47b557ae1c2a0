using MailProxy.Store.Engine;
using MailProxy.Store.Serving;
using MailProxy.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MailProxy.Store.Tests.Serving;

public sealed class ServedIntervalTests
{
    private const string User = "alice@example.org";

    private readonly FakeTimeProvider _time = new();
    private readonly RecordingLogger _logger = new();
    private readonly UserSessions _sessions;

    public ServedIntervalTests() => _sessions = new UserSessions(_time);

    [Fact]
    public void Begin_and_end_are_told_once_with_the_same_visit()
    {
        var visit = _sessions.Enter(User, () => { }, () => { });
        ServedInterval.Follow(visit, "imap", _logger, _time);
        var begin = ServedInterval.Clock(_time);
        _time.Advance(TimeSpan.FromMilliseconds(1_500));
        visit.Dispose();
        visit.Dispose();

        var number = Lines()[0].Split("visit ")[1].Split(',')[0];
        Assert.Equal(
            [
                $"Serving {User} by imap begins, visit {number}, clock {begin}",
                $"Serving {User} by imap ends, visit {number}, clock {ServedInterval.Clock(_time)}",
            ],
            Lines());
    }

    [Fact]
    public async Task The_end_is_told_before_a_move_that_waits_for_it_goes_on()
    {
        var visit = _sessions.Enter(User, () => { }, () => { });
        ServedInterval.Follow(visit, "pop3", _logger, _time);
        var linesWhenOver = _sessions.EndAsync(User, TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken)
            .ContinueWith(_ => Lines().Count, TestContext.Current.CancellationToken, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        Assert.Single(Lines());

        visit.Dispose();

        Assert.Equal(2, await linesWhenOver);
    }

    [Fact]
    public void Two_visits_have_two_numbers()
    {
        ServedInterval.Follow(_sessions.Enter(User, () => { }, () => { }), "imap", _logger, _time);
        ServedInterval.Follow(_sessions.Enter(User, () => { }, () => { }), "imap", _logger, _time);
        Assert.Equal(2, Lines().Distinct().Count());
    }

    [Fact]
    public void Nothing_is_followed_where_nobody_reads_it()
    {
        var visit = _sessions.Enter(User, () => { }, () => { });
        ServedInterval.Follow(visit, "imap", NullLogger.Instance, _time);
        ServedInterval.Follow(visit, "imap", _logger, _time);
        visit.Dispose();
        Assert.Equal(2, Lines().Count);
    }

    private List<string> Lines() => [.. _logger.Entries.Select(entry => entry.Text)];
}
