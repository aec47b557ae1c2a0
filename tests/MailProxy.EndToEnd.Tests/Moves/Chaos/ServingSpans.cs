using System.Globalization;
using System.Text.RegularExpressions;

namespace MailProxy.EndToEnd.Tests.Moves.Chaos;

/// <summary>Reads from the stores' own lines who was served when, and finds users who were served by two stores.</summary>
internal static partial class ServingSpans
{
    /// <summary>Every stretch of a store's lives.</summary>
    public static IReadOnlyList<ServingSpan> Of(string store, IReadOnlyList<ChaosRun> runs)
    {
        var spans = new List<ServingSpan>();
        foreach (var run in runs)
        {
            var open = new Dictionary<string, (string User, double From)>(StringComparer.Ordinal);
            foreach (Match line in LinePattern().Matches(run.Output))
            {
                var user = line.Groups["user"].Value;
                if (line.Groups["until"].Success)
                {
                    spans.Add(new ServingSpan(store, user, "lmtp", Number(line, "from"), Number(line, "until"), IsInstant: true));
                    continue;
                }

                var visit = $"{line.Groups["protocol"].Value} visit {line.Groups["visit"].Value}";
                if (line.Groups["edge"].Value == "begins")
                {
                    open[visit] = (user, Number(line, "clock"));
                }
                else if (open.Remove(visit, out var begin))
                {
                    spans.Add(new ServingSpan(store, user, visit, begin.From, Number(line, "clock"), IsInstant: false));
                }
            }

            spans.AddRange(open.Select(left => new ServingSpan(
                store, left.Value.User, left.Key, left.Value.From, run.Killed ?? double.MaxValue, IsInstant: false, IsKilled: run.Killed is not null)));
        }

        return spans;
    }

    /// <summary>Users who were served by two stores at a time.</summary>
    public static IEnumerable<(ServingSpan First, ServingSpan Second)> Contradictions(IEnumerable<ServingSpan> spans) =>
        from user in spans.GroupBy(span => span.User)
        let ordered = user.OrderBy(span => span.From).ToList()
        from first in ordered
        from second in ordered
        where string.CompareOrdinal(first.Store, second.Store) < 0 && first.Contradicts(second)
        select (first, second);

    private static double Number(Match line, string group) => double.Parse(line.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"Serving (?<user>\S+) by (?<protocol>\w+)(?: (?<edge>begins|ends), visit (?<visit>\d+), clock (?<clock>[\d.]+)|, a delivery between clock (?<from>[\d.]+) and clock (?<until>[\d.]+))")]
    private static partial Regex LinePattern();
}
