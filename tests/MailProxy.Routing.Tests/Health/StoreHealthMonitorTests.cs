using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using System.Threading.Channels;
using MailProxy.Routing.Catalog;
using MailProxy.Routing.Health;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MailProxy.Routing.Tests.Health;

public sealed class StoreHealthMonitorTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly FakeTimeProvider _time = new();
    private readonly RecordingLogger _log = new();
    private readonly StoreHealthOptions _options = new();
    private readonly ScriptedProbe _probe = new();
    private readonly StoreHealthMonitor _monitor;
    private readonly StoreNode _store = new(
        "watched", "10.0.0.1", new Dictionary<StoreService, int> { [StoreService.Imap] = 143, [StoreService.Lmtp] = 24 }.ToFrozenDictionary(), StoreTlsMode.None, null, StoreState.Online);

    public StoreHealthMonitorTests()
    {
        _monitor = new StoreHealthMonitor(_options, _log, _time, new Random(1));
        _monitor.ProbeWith(_probe);
    }

    private EndpointHealth Imap => _store.Candidates[0].For(StoreService.Imap)!;

    public void Dispose() => _monitor.Dispose();

    [Fact]
    public void It_opens_at_the_limit_and_not_before()
    {
        Fail(_options.Failures - 1);
        Assert.False(Imap.IsOpen);
        Assert.Null(_monitor.Notice);
        Fail(1);
        Assert.True(Imap.IsOpen);
        Assert.Contains("watched: imap at 10.0.0.1:143 is down", _monitor.Notice, StringComparison.Ordinal);
        Assert.Contains("refused", Assert.Single(_log.Warnings), StringComparison.Ordinal);
        Assert.Empty(CandidateOrder.Of(_store, StoreService.Imap, "alice"));
        Assert.Single(CandidateOrder.Of(_store, StoreService.Lmtp, "alice"));
    }

    [Fact]
    public void A_success_between_begins_the_count_anew()
    {
        Fail(_options.Failures - 1);
        _monitor.Succeeded(Imap);
        Fail(_options.Failures - 1);
        Assert.False(Imap.IsOpen);
    }

    [Fact]
    public void A_session_that_began_before_does_not_close_it()
    {
        Fail(_options.Failures);
        _monitor.Succeeded(Imap);
        Assert.True(Imap.IsOpen);
    }

    [Fact]
    public async Task A_probe_that_fails_leaves_it_open_and_one_that_succeeds_closes_it_and_paces_the_users()
    {
        Fail(_options.Failures);
        var first = await NextProbeAsync();
        first.SetResult("still refused");
        var second = await NextProbeAsync();
        Assert.True(Imap.IsOpen);
        second.SetResult(null);
        await UntilAsync(() => !Imap.IsOpen);
        await UntilAsync(() => _monitor.Down.Count == 0);
        Assert.Equal(0, Imap.Failures);
        Assert.False(_store.Health.IsCalm);
    }

    [Fact]
    public void Logins_of_different_users_that_are_not_answered_open_it_at_the_limit_and_not_before()
    {
        LeaveUnanswered(0, _options.SilentUsers - 1);
        Assert.False(Imap.IsOpen);
        LeaveUnanswered(_options.SilentUsers - 1, 1);
        Assert.True(Imap.IsOpen);
        Assert.Contains("did not answer", _monitor.Notice, StringComparison.Ordinal);
        Assert.Contains("it greets", Assert.Single(_log.Warnings), StringComparison.Ordinal);
        Assert.DoesNotContain("user-", _log.Warnings[0], StringComparison.Ordinal);
    }

    [Fact]
    public void One_user_who_is_never_answered_does_not_open_it()
    {
        for (var i = 0; i < _options.SilentUsers * 3; i++)
        {
            LeaveUnanswered(0, 1);
        }

        // Nor does that user beside all but one of the others.
        LeaveUnanswered(1, _options.SilentUsers - 2);
        Assert.False(Imap.IsOpen);
    }

    [Fact]
    public void A_login_that_is_answered_between_begins_the_count_of_users_anew()
    {
        LeaveUnanswered(0, _options.SilentUsers - 1);
        _monitor.Succeeded(Imap);
        LeaveUnanswered(10, _options.SilentUsers - 1);
        Assert.False(Imap.IsOpen);
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    [InlineData(1, false)]
    public void Who_was_not_answered_before_the_window_does_not_count(int secondsAfter, bool isOpen)
    {
        LeaveUnanswered(0, _options.SilentUsers - 1);
        _time.Advance(_options.SilentWindow + TimeSpan.FromSeconds(secondsAfter));
        LeaveUnanswered(_options.SilentUsers - 1, 1);
        Assert.Equal(isOpen, Imap.IsOpen);
    }

    [Fact]
    public async Task A_store_that_greets_a_probe_gets_one_login_and_its_answer_closes_the_breaker()
    {
        LeaveUnanswered(0, _options.SilentUsers);
        Assert.Empty(CandidateOrder.ForLogin(_store, StoreService.Imap, "alice"));
        (await NextProbeAsync()).SetResult(null);
        await UntilAsync(() => CandidateOrder.ForLogin(_store, StoreService.Imap, "alice").Count == 1);
        Assert.True(Imap.IsOpen);

        // That was the one. Asking for the order, as people do, takes none.
        Assert.Empty(CandidateOrder.ForLogin(_store, StoreService.Imap, "bob"));
        Assert.Empty(CandidateOrder.Of(_store, StoreService.Imap, "bob"));
        LeaveUnanswered(0, 1);
        Assert.True(Imap.IsOpen);
        (await NextProbeAsync()).SetResult(null);
        await UntilAsync(() => CandidateOrder.ForLogin(_store, StoreService.Imap, "carol").Count == 1);
        _monitor.Succeeded(Imap);
        Assert.False(Imap.IsOpen);
        Assert.Empty(_monitor.Down);
        Assert.False(_store.Health.IsCalm);
    }

    [Fact]
    public async Task A_store_that_did_not_answer_logins_and_then_dies_is_taken_at_its_greeting_when_it_is_back()
    {
        LeaveUnanswered(0, _options.SilentUsers);
        (await NextProbeAsync()).SetResult("refused");
        (await NextProbeAsync()).SetResult(null);
        await UntilAsync(() => !Imap.IsOpen);
        await UntilAsync(() => _monitor.Down.Count == 0);
    }

    [Fact]
    public async Task There_is_one_probe_at_a_time_however_long_it_takes()
    {
        Fail(_options.Failures);
        var probe = await NextProbeAsync();
        _time.Advance(_options.ProbeEvery * 2);
        Assert.False(_probe.Asked.Reader.TryRead(out _));
        probe.SetResult("slow");
        (await NextProbeAsync()).SetResult(null);
    }

    [Fact]
    public async Task A_probe_that_hangs_is_given_up()
    {
        Fail(_options.Failures);
        await NextProbeAsync();
        _time.Advance(_options.ProbeTimeout);
        await NextProbeAsync();
        Assert.True(Imap.IsOpen);
    }

    [Fact]
    public void An_address_that_the_catalog_drops_is_not_probed_any_more()
    {
        Fail(_options.Failures);
        Imap.IsRetired = true;
        _time.Advance(_options.ProbeEvery * 2);
        Assert.Empty(_monitor.Down);
        Assert.False(_probe.Asked.Reader.TryRead(out _));
    }

    [Fact]
    public void What_is_down_is_a_metric()
    {
        var sums = new Dictionary<string, long>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, it) =>
            {
                if (instrument.Meter.Name == "MailProxy.Routing")
                {
                    it.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            // The store of this class only: its tests run one after the other.
            if (tags.ToArray().Any(tag => tag is { Key: "mailproxy.store", Value: "watched" }))
            {
                sums[instrument.Name] = sums.GetValueOrDefault(instrument.Name) + value;
            }
        });
        listener.Start();
        Fail(_options.Failures + 2);
        Assert.Equal((_options.Failures + 2L, 1L, 1L), (sums["mailproxy.store.failures"], sums["mailproxy.store.opened"], sums["mailproxy.store.down"]));
        Imap.IsRetired = true;
        _time.Advance(_options.ProbeEvery);
        Assert.Equal(0, sums["mailproxy.store.down"]);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private void Fail(int times)
    {
        for (var i = 0; i < times; i++)
        {
            _monitor.Failed(_store, StoreService.Imap, Imap, "refused");
        }
    }

    private void LeaveUnanswered(int first, int count)
    {
        for (var i = first; i < first + count; i++)
        {
            _monitor.Unanswered(_store, StoreService.Imap, Imap, $"user-{i}@example.org", "watched did not answer the login within 20 s");
        }
    }

    // The result of the last one is taken in on a thread of its own, so the clock may have to move more than once.
    private async Task<TaskCompletionSource<string?>> NextProbeAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        TaskCompletionSource<string?>? probe;
        while (!_probe.Asked.Reader.TryRead(out probe))
        {
            patience.Token.ThrowIfCancellationRequested();
            // A probe begins within this call, or it is not its time.
            _time.Advance(_options.ProbeEvery / 4);
            await Task.Yield();
        }

        return probe;
    }

    private sealed class ScriptedProbe : IStoreProbe
    {
        public Channel<TaskCompletionSource<string?>> Asked { get; } = Channel.CreateUnbounded<TaskCompletionSource<string?>>();

        public Task<string?> ProbeAsync(StoreNode store, StoreService service, EndpointHealth endpoint, CancellationToken cancellationToken)
        {
            var probe = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
            Asked.Writer.TryWrite(probe);
            return probe.Task.WaitAsync(cancellationToken);
        }
    }
}
