using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MailProxy.Testing;

namespace MailProxy.EndToEnd.Tests.Moves.Chaos;

/// <summary>One run from the cluster's start to the last check.</summary>
internal static partial class ChaosRunner
{
    /// <summary>Runs; what was counted, and what went wrong: nothing, if all is well.</summary>
    public static async Task<(string Summary, string Problems)> RunAsync(ChaosSize size, int seed)
    {
        var journal = new ChaosJournal();
        var dice = new ChaosDice(seed);
        await using var cluster = await ChaosCluster.StartAsync(size.Users);
        var users = Enumerable.Range(0, size.Users).Select(number => new ChaosUser(number, journal)).ToList();
        journal.Note("", "the cluster serves");
        await ServeAsync(size, cluster, users, dice, journal);
        journal.Note("", "all is quiet");
        var end = new ChaosEnd(cluster, users, journal);
        await end.SettleAsync();
        await end.CheckAsync();
        var spans = cluster.Stores.SelectMany(store => ServingSpans.Of(store.Name, store.Runs)).ToList();
        foreach (var (first, second) in ServingSpans.Contradictions(spans))
        {
            journal.Violate(first.User, string.Create(CultureInfo.InvariantCulture, $"two stores served at once: {first} and {second}"));
        }

        foreach (var node in cluster.Proxies.Concat(cluster.Stores))
        {
            NoteErrors(node, journal);
        }

        foreach (var torn in TornResponses.Inexcusable(journal.Torn, journal.Kills, spans, LinesOf))
        {
            journal.Violate(torn.User, $"{torn.What}, and neither was its proxy or store killed nor a goodbye late");
        }

        IEnumerable<string> LinesOf(string proxy) => cluster.Proxies.Single(node => node.Name == proxy).Runs.SelectMany(run => run.Output.Split('\n'));

        var stretches = spans.Select(span => new ChaosEvent(
            span.From, span.User, string.Create(CultureInfo.InvariantCulture, $"SERVED by {span.Store}, {span.What}, for {span.Until - span.From:0.000} s"))).ToList();
        if (Environment.GetEnvironmentVariable("MAILPROXY_CHAOS_LOG") is { Length: > 0 } file)
        {
            await File.WriteAllTextAsync(file, journal.Everything(stretches));
        }

        var summary = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"seed {seed}, {size.Users} users\n")
            .Append(journal.Summary())
            .Append(CultureInfo.InvariantCulture, $"{spans.Count,8} stretches of service\n");
        return (summary.ToString(), journal.Violations.Count == 0 ? "" : journal.Explain(stretches));
    }

    // A death makes warnings, never an error: that is what operators are woken by.
    private static void NoteErrors(ChaosNode node, ChaosJournal journal)
    {
        foreach (var line in node.Runs.SelectMany(run => run.Output.Split('\n')).Where(line => ErrorPattern().IsMatch(line)))
        {
            journal.Count("error lines of proxies and stores");
            journal.Note("", $"ERROR of {node.Name}: {line}");
        }
    }

    [GeneratedRegex(@"^\d\d:\d\d:\d\d\.\d{3} (ERR|FTL) ")]
    private static partial Regex ErrorPattern();

    private static async Task ServeAsync(ChaosSize size, ChaosCluster cluster, IReadOnlyList<ChaosUser> users, ChaosDice dice, ChaosJournal journal)
    {
        using var stop = new CancellationTokenSource();
        using var stopMoves = new CancellationTokenSource(size.Limit);
        using var stopKills = new CancellationTokenSource();
        var traffic = users.SelectMany<ChaosUser, Task>(user =>
            [
                new ImapVisits(cluster, user, dice, journal, size.Pause, appends: false).RunAsync(stop.Token),
                new ImapVisits(cluster, user, dice, journal, size.Pause, appends: true).RunAsync(stop.Token),
                new PopVisits(cluster, user, dice, journal, size.Pause).RunAsync(stop.Token),
            ])
            .Concat(Enumerable.Range(0, size.Senders).Select(number => new Deliveries(cluster, users, number, dice, journal, size.Pause / 10).RunAsync(stop.Token)))
            .ToList();
        var killing = new ChaosKiller(cluster, dice, journal, size.KillEvery).RunAsync(stopKills.Token);
        var left = size.Moves;
        var operators = new ChaosOperator(cluster, journal);
        await Task.WhenAll(Enumerable.Range(0, size.Movers).Select(_ =>
            new ChaosMover(operators, users, dice, journal).RunAsync(() => Interlocked.Decrement(ref left) >= 0, stopMoves.Token)));
        await stopKills.CancelAsync();
        await killing;
        await stop.CancelAsync();
        await Task.WhenAll(traffic);
    }
}
