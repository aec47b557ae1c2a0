using MailProxy.EndToEnd.Tests.Moves.Chaos;
using MailProxy.EndToEnd.Tests.Rig;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Moves;

/// <summary>The chaos test's own judges: each of them finds what it is there for.</summary>
public sealed class ChaosChecksTests
{
    private const string User = "user0@example.org";

    private readonly ChaosJournal _journal = new();
    private readonly ChaosUser _user;

    public ChaosChecksTests() => _user = new ChaosUser(0, _journal);

    [Theory]
    [InlineData(1, 2, 2, 3, false)]
    [InlineData(1, 3, 2, 4, true)]
    [InlineData(2, 3, 1, 4, true)]
    public void Two_sessions_at_two_stores_must_not_overlap(double from, double until, double otherFrom, double otherUntil, bool isWrong)
    {
        var first = Span("store-1", $"Serving {User} by imap begins, visit 7, clock {from}\nServing {User} by imap ends, visit 7, clock {until}\n");
        var second = Span("store-2", $"Serving {User} by pop3 begins, visit 9, clock {otherFrom}\nServing {User} by pop3 ends, visit 9, clock {otherUntil}\n");
        Assert.Equal(isWrong, ServingSpans.Contradictions([.. first, .. second]).Any());
        Assert.Empty(ServingSpans.Contradictions([.. first, .. first]));
    }

    [Fact]
    public void A_session_of_a_store_that_was_killed_ends_with_it()
    {
        var span = Assert.Single(ServingSpans.Of("store-1", [new ChaosRun($"Serving {User} by imap begins, visit 1, clock 5.5\n", 6)]));
        Assert.Equal((5.5, 6.0), (span.From, span.Until));
    }

    [Theory]
    [InlineData(2, 3, true)]
    [InlineData(0, 3, false)]
    [InlineData(3, 5, false)]
    public void A_delivery_is_wrong_when_all_of_it_lies_within_another_stores_session(double from, double until, bool isWrong)
    {
        var session = Span("store-1", $"Serving {User} by imap begins, visit 7, clock 1\nServing {User} by imap ends, visit 7, clock 4\n");
        var delivery = Span("store-2", $"Serving {User} by lmtp, a delivery between clock {from} and clock {until}\n");
        Assert.Equal(isWrong, ServingSpans.Contradictions([.. session, .. delivery]).Any());
    }

    [Fact]
    public void Fewer_messages_than_were_acknowledged_are_found_and_so_are_more_than_were_sent()
    {
        _user.Attempt("a", "text");
        _user.Acknowledge("a");
        _user.SeeCount(1, 1, "imap");
        Assert.Empty(_journal.Violations);
        _user.SeeCount(0, 1, "imap");
        _user.SeeCount(2, 1, "imap");
        Assert.Equal(2, _journal.Violations.Count);
    }

    [Fact]
    public void Another_message_under_a_uid_and_another_uidvalidity_are_found()
    {
        _user.Attempt("a", "text");
        _user.Attempt("b", "text");
        _user.See(1, "a", "imap");
        _user.See(1, "a", "pop3");
        _user.SeeValidity(5);
        _user.SeeValidity(5);
        Assert.Empty(_journal.Violations);
        _user.See(1, "b", "imap");
        _user.See(2, "nobody's", "imap");
        _user.SeeValidity(6);
        Assert.Equal(3, _journal.Violations.Count);
        Assert.Contains("Timeline of " + User, _journal.Explain([]), StringComparison.Ordinal);
    }

    [Fact]
    public void Changed_content_is_found()
    {
        var message = Messages.Make("a");
        _user.Attempt("a", message);
        _user.Read("a", "Received: by somebody\r\n" + message, "imap");
        Assert.Empty(_journal.Violations);
        _user.Read("a", message + "x", "imap");
        Assert.Single(_journal.Violations);
    }

    [Fact]
    public void A_refusal_that_is_not_for_now_is_found()
    {
        ChaosFaults.JudgeRefusal(_journal, User, "imap", "NO [UNAVAILABLE] Later.");
        Assert.Empty(_journal.Violations);
        ChaosFaults.JudgeRefusal(_journal, User, "imap", "NO [AUTHENTICATIONFAILED] Authentication failed.");
        Assert.Single(_journal.Violations);
    }

    [Theory]
    [InlineData("KILL proxy-1", 15, "", true)]
    [InlineData("KILL proxy-2", 15, "", false)]
    [InlineData("KILL proxy-1", 30, "", false)]
    [InlineData("KILL store-1", 15, "", true)]
    [InlineData("KILL store-2", 15, "", false)]
    [InlineData("KILL proxy-2", 15, "imap session x ended while Splicing: being moved (pin y), cut. client z, user user0@example.org, store store-1", true)]
    [InlineData("KILL proxy-2", 15, "imap session x ended while Splicing: being moved (pin y). client z, user user0@example.org, store store-1", false)]
    public void A_response_may_be_cut_by_the_death_of_its_own_proxy_or_store_and_by_a_late_goodbye(string kill, double at, string line, bool isExcused)
    {
        var torn = new TornResponse(User, "imap", "proxy-1", 10, 20);
        var spans = ServingSpans.Of("store-1", [new ChaosRun($"Serving {User} by imap begins, visit 1, clock 11\n", kill.EndsWith("store-1", StringComparison.Ordinal) ? at : 100)]);
        var left = TornResponses.Inexcusable([torn], [new ChaosEvent(at, "", kill)], spans, proxy => proxy == "proxy-1" ? [line] : []);
        Assert.Equal(isExcused, !left.Any());
    }

    private static IReadOnlyList<ServingSpan> Span(string store, string output) => ServingSpans.Of(store, [new ChaosRun(output, null)]);
}
