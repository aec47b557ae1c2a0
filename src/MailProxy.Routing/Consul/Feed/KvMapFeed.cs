using System.Text;
using MailProxy.Routing.Consul.Client;
using MailProxy.Routing.Consul.LastGood;
using MailProxy.Routing.Consul.Model;
using MailProxy.Routing.Consul.Watch;
using MailProxy.Routing.Views;
using Microsoft.Extensions.Logging;

namespace MailProxy.Routing.Consul.Feed;

/// <summary>Feeds one part of the view from all keys below a prefix.</summary>
internal sealed class KvMapFeed<T> : IWatchSource<IReadOnlyList<KvPair>>, IFeed
    where T : notnull
{
    // Any name would do: the ACL answers for the prefix.
    private const string ProbeName = "probe";

    private readonly KvMap<T> map;
    private readonly FeedContext context;
    private readonly string folder;
    private readonly DisappearanceGuard guard;
    private readonly BlockingWatch<IReadOnlyList<KvPair>> watch;
    private Dictionary<string, T> known = [];
    private Dictionary<string, ulong> warned = [];
    private bool loaded;
    private ulong applied;

    public KvMapFeed(KvMap<T> map, FeedContext context)
    {
        this.map = map;
        this.context = context;
        folder = $"{context.Prefix}/{map.Folder}/";
        guard = new DisappearanceGuard(map.Name, context.Consul.Kv, context.Time, context.Logger);
        watch = new BlockingWatch<IReadOnlyList<KvPair>>(this, context.Watch, context.Time, context.Random, context.Logger);
    }

    public string Name => map.Name;

    public ViewParts Part => map.Part;

    public bool IsConfirmed => watch.Status.IsConfirmed;

    public TimeSpan Age => watch.Status.Age;

    public IEnumerable<string> Problems => FeedProblems.Of(map.Name, watch.Status, guard.Doubt);

    /// <summary>Consul's index of the last answer that was applied.</summary>
    public ulong Applied => Volatile.Read(ref applied);

    public void Seed(SavedRouting saved)
    {
        foreach (var (name, text) in saved.Maps.GetValueOrDefault(map.Name) ?? [])
        {
            if (map.NameProblem(name) is null && map.Parse(Encoding.UTF8.GetBytes(text), out var value, out _))
            {
                known[name] = value;
            }
        }
    }

    public RoutingView FillIn(RoutingView view, TimeSpan age)
    {
        watch.Status.Assume(age);
        return Apply(view, Volatile.Read(ref known));
    }

    public void Save(SavedRouting saved) => saved.Maps[map.Name] = Volatile.Read(ref known).ToDictionary(entry => entry.Key, entry => map.Write(entry.Value));

    public Task RunAsync(CancellationToken cancellationToken) => watch.RunAsync(cancellationToken);

    public Task<ConsulAnswer<IReadOnlyList<KvPair>>> ReadAsync(ConsulQuery query, CancellationToken cancellationToken) =>
        context.Consul.Kv.ListAsync(folder, query, cancellationToken);

    public async ValueTask<WatchVerdict> TakeAsync(ConsulAnswer<IReadOnlyList<KvPair>> answer, CancellationToken cancellationToken)
    {
        var nothingLeft = answer.Value.Count == 0;
        var lost = Lost(answer.Value);
        if (lost.Count == 0 && !nothingLeft)
        {
            guard.Reset();
        }
        else if (!await guard.BelievesAsync(ProbeKey(lost), lost.Count, nothingLeft, cancellationToken))
        {
            return WatchVerdict.Doubted;
        }

        var next = Read(answer.Value);
        var changed = Differences(known, next);
        if (!loaded || changed.Count > 0)
        {
            var moved = !loaded ? RouteChange.Anybody : map.Moves(changed);
            Volatile.Write(ref known, next);
            loaded = true;
            context.Router.Publish(view => Apply(view, next), moved);
        }

        Volatile.Write(ref applied, answer.Index);
        return WatchVerdict.Believed;
    }

    private RoutingView Apply(RoutingView view, IReadOnlyDictionary<string, T> values) => map.Apply(view, values) with { Loaded = view.Loaded | map.Part };

    // Names that say something else, or are in one of them only.
    private static List<string> Differences(Dictionary<string, T> left, Dictionary<string, T> right)
    {
        List<string> names = [];
        var common = 0;
        foreach (var (name, value) in left)
        {
            var isThere = right.TryGetValue(name, out var now);
            common += isThere ? 1 : 0;
            if (!isThere || !value.Equals(now))
            {
                names.Add(name);
            }
        }

        if (common < right.Count)
        {
            names.AddRange(right.Keys.Where(name => !left.ContainsKey(name)));
        }

        return names;
    }

    private List<string> Lost(IReadOnlyList<KvPair> pairs)
    {
        var present = pairs.Select(p => p.Key).ToHashSet(StringComparer.Ordinal);
        return [.. known.Keys.Select(name => folder + name).Where(key => !present.Contains(key))];
    }

    // A key that came by a transaction may be one that no URL can name.
    private string ProbeKey(List<string> lost) => lost.Find(key => ConsulKey.Problem(key) is null) ?? folder + ProbeName;

    private Dictionary<string, T> Read(IReadOnlyList<KvPair> pairs)
    {
        var next = new Dictionary<string, T>(pairs.Count, StringComparer.Ordinal);
        var stillWarned = new Dictionary<string, ulong>();
        foreach (var pair in pairs)
        {
            // The folder itself is a key when somebody made it in Consul's web interface.
            if (!pair.Key.StartsWith(folder, StringComparison.Ordinal) || pair.Key.Length == folder.Length)
            {
                continue;
            }

            var name = pair.Key[folder.Length..];
            T? value = default;
            if (map.NameProblem(name) is not { } problem && map.Parse(pair.Value, out value, out problem))
            {
                next[name] = value;
                continue;
            }

            stillWarned[pair.Key] = pair.ModifyIndex;
            Ignore(pair, name, problem ?? "", next);
        }

        warned = stillWarned;
        return next;
    }

    private void Ignore(KvPair pair, string name, string problem, Dictionary<string, T> next)
    {
        var kept = known.TryGetValue(name, out var lastGood);
        if (kept)
        {
            next[name] = lastGood!;
        }

        // Each bad write is told once, not at every answer that still holds it.
        if (warned.GetValueOrDefault(pair.Key) != pair.ModifyIndex)
        {
            context.Logger.LogWarning(
                "Consul key {Key} is ignored: {Problem}; {Consequence}",
                PrintableText.Of(pair.Key), PrintableText.Of(problem), kept ? "its last good value stays in force" : "it has no effect");
        }
    }
}
