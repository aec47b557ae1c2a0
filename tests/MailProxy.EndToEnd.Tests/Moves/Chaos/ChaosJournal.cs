using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace MailProxy.EndToEnd.Tests.Moves.Chaos;

/// <summary>What happened, what was counted, and what must not have happened. Any thread.</summary>
internal sealed class ChaosJournal
{
    // Enough to understand the first; a run that breaks everything must not print a book.
    private const int MostTimelines = 3;

    private readonly double _begin = ChaosClock.Now;
    private readonly ConcurrentQueue<ChaosEvent> _events = new();
    private readonly ConcurrentQueue<ChaosEvent> _violations = new();
    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ConcurrentBag<double>> _durations = new(StringComparer.Ordinal);

    /// <summary>Kills, by <see cref="ChaosClock"/>.</summary>
    public ConcurrentQueue<ChaosEvent> Kills { get; } = new();

    /// <summary>Connections that ended within a response: judged at the end.</summary>
    public ConcurrentQueue<TornResponse> Torn { get; } = new();

    /// <summary>What must not have happened.</summary>
    public IReadOnlyCollection<ChaosEvent> Violations => _violations;

    /// <summary>Notes.</summary>
    public void Note(string user, string text) => _events.Enqueue(new ChaosEvent(ChaosClock.Now, user, text));

    /// <summary>Notes a process that was killed.</summary>
    public void Killed(string process)
    {
        var kill = new ChaosEvent(ChaosClock.Now, "", $"KILL {process}");
        Kills.Enqueue(kill);
        _events.Enqueue(kill);
        Count("kills");
    }

    /// <summary>Notes what must not happen.</summary>
    public void Violate(string user, string text)
    {
        var violation = new ChaosEvent(ChaosClock.Now, user, "VIOLATION " + text);
        _violations.Enqueue(violation);
        _events.Enqueue(violation);
    }

    /// <summary>Counts.</summary>
    public void Count(string what) => _counts.AddOrUpdate(what, 1, (_, before) => before + 1);

    /// <summary>How often something was counted.</summary>
    public int CountOf(string what) => _counts.GetValueOrDefault(what);

    /// <summary>Notes how long something took, in seconds.</summary>
    public void Took(string what, double seconds) => _durations.GetOrAdd(what, _ => []).Add(seconds);

    /// <summary>Counts and durations, a line each.</summary>
    public string Summary()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{ChaosClock.Now - _begin:0.0} s in all\n");
        foreach (var (what, count) in _counts.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"{count,8} {what}\n");
        }

        foreach (var (what, durations) in _durations.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            var sorted = durations.Order().ToList();
            double At(double share) => sorted[(int)Math.Min(sorted.Count - 1, Math.Ceiling(share * sorted.Count))];
            text.Append(CultureInfo.InvariantCulture, $"{what}: p50 {At(0.5):0.000} s, p90 {At(0.9):0.000} s, p99 {At(0.99):0.000} s, most {sorted[^1]:0.000} s, of {sorted.Count}\n");
        }

        return text.ToString();
    }

    /// <summary>What went wrong, and the timelines of the first users concerned.</summary>
    public string Explain(IEnumerable<ChaosEvent> more)
    {
        var all = _events.Concat(more).OrderBy(one => one.At).ToList();
        var text = new StringBuilder();
        foreach (var violation in _violations)
        {
            Append(text, violation);
        }

        foreach (var user in _violations.Select(violation => violation.User).Where(user => user.Length > 0).Distinct().Take(MostTimelines))
        {
            text.Append(CultureInfo.InvariantCulture, $"\nTimeline of {user}:\n");
            all.Where(one => one.User == user || one.User.Length == 0).ToList().ForEach(one => Append(text, one));
        }

        return text.ToString();
    }

    /// <summary>Everything, for whoever wants to follow a run that went well.</summary>
    public string Everything(IEnumerable<ChaosEvent> more)
    {
        var text = new StringBuilder();
        _events.Concat(more).OrderBy(one => one.At).ToList().ForEach(one => Append(text, one));
        return text.ToString();
    }

    private void Append(StringBuilder text, ChaosEvent one) => text.Append(CultureInfo.InvariantCulture, $"{one.At - _begin,10:0.000} {one.User,-20} {one.Text}\n");
}
