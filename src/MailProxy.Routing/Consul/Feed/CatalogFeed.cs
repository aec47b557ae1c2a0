using MailProxy.Routing.Catalog;
using MailProxy.Routing.Consul.Client;
using MailProxy.Routing.Consul.LastGood;
using MailProxy.Routing.Consul.Model;
using MailProxy.Routing.Consul.Watch;
using MailProxy.Routing.Health;
using MailProxy.Routing.Views;
using Microsoft.Extensions.Logging;

namespace MailProxy.Routing.Consul.Feed;

/// <summary>Feeds the catalog from the health of the store service. An empty answer is never believed: see <see cref="TakeAsync"/>.</summary>
internal sealed class CatalogFeed : IWatchSource<IReadOnlyList<ServiceHealth>>, IFeed
{
    private readonly FeedContext context;
    private readonly string service;
    private readonly BlockingWatch<IReadOnlyList<ServiceHealth>> watch;
    private Dictionary<string, StoreNode> known = [];
    private Dictionary<(string Id, string Node), StoreInstance> read = [];
    private HashSet<string> warned = [];
    private volatile IReadOnlyList<ServiceHealth> lastAnswer = [];
    private bool loaded;
    private volatile string? doubt;

    public CatalogFeed(string service, FeedContext context)
    {
        this.context = context;
        this.service = service;
        watch = new BlockingWatch<IReadOnlyList<ServiceHealth>>(this, context.Watch, context.Time, context.Random, context.Logger);
    }

    public string Name => "catalog";

    public ViewParts Part => ViewParts.Catalog;

    public bool IsConfirmed => watch.Status.IsConfirmed;

    public TimeSpan Age => watch.Status.Age;

    public IEnumerable<string> Problems => FeedProblems.Of(Name, watch.Status, doubt);

    public void Seed(SavedRouting saved)
    {
        lastAnswer = saved.Stores;
        known = Read(saved.Stores);
    }

    public RoutingView FillIn(RoutingView view, TimeSpan age)
    {
        watch.Status.Assume(age);
        return Apply(view, Volatile.Read(ref known));
    }

    public void Save(SavedRouting saved) => saved.Stores = [.. lastAnswer];

    public Task RunAsync(CancellationToken cancellationToken) => watch.RunAsync(cancellationToken);

    public Task<ConsulAnswer<IReadOnlyList<ServiceHealth>>> ReadAsync(ConsulQuery query, CancellationToken cancellationToken) =>
        context.Consul.Health.ServiceAsync(service, query, cancellationToken);

    public ValueTask<WatchVerdict> TakeAsync(ConsulAnswer<IReadOnlyList<ServiceHealth>> answer, CancellationToken cancellationToken)
    {
        // A denied read, and an agent that has lost its state, look just like this. A cluster without any store serves nobody anyway,
        // so nothing is lost by keeping the last stores in the state they had; dialling tells whether they live.
        if (answer.Value.Count == 0 && known.Count != 0)
        {
            if (doubt is null)
            {
                doubt = $"catalog: Consul lists no {service} any more; the last {known.Count} stores are kept";
                context.Logger.LogWarning(
                    "Consul lists no {Service} any more; the last {Count} stores are kept until it lists one again", service, known.Count);
            }

            return ValueTask.FromResult(WatchVerdict.Believed);
        }

        doubt = null;
        lastAnswer = answer.Value;
        var next = Read(answer.Value);
        if (!loaded || !Same(known, next))
        {
            Volatile.Write(ref known, next);
            loaded = true;
            context.Router.Publish(view => Apply(view, next), RouteChange.Nobody);
        }

        return ValueTask.FromResult(WatchVerdict.Believed);
    }

    private static RoutingView Apply(RoutingView view, IReadOnlyDictionary<string, StoreNode> services) =>
        view with { Services = services, Loaded = view.Loaded | ViewParts.Catalog };

    private static bool Same(Dictionary<string, StoreNode> left, Dictionary<string, StoreNode> right) =>
        left.Count == right.Count && left.All(l => right.TryGetValue(l.Key, out var node) && Same(l.Value, node));

    private static bool Same(StoreNode left, StoreNode right) =>
        left.Tls == right.Tls && left.Login == right.Login && left.State == right.State && left.StateDetail == right.StateDetail
        && left.Candidates.Count == right.Candidates.Count && left.Candidates.Zip(right.Candidates).All(pair => StoreCandidate.Same(pair.First, pair.Second));

    private Dictionary<string, StoreNode> Read(IReadOnlyList<ServiceHealth> answer)
    {
        var problems = new HashSet<string>();
        var instances = new Dictionary<(string Id, string Node), StoreInstance>();
        foreach (var said in answer.OrderBy(i => i.Service.Id, StringComparer.Ordinal).ThenBy(i => i.Node.Node, StringComparer.Ordinal))
        {
            var key = (said.Service.Id, said.Node.Node);
            if (StoreInstanceReader.Read(said, read.GetValueOrDefault(key), problems) is { } instance)
            {
                instances[key] = instance;
            }
        }

        read = instances;
        var next = instances.Values.GroupBy(instance => instance.Id, StringComparer.Ordinal).ToDictionary(
            group => group.Key,
            group => StoreMerge.Of([.. group.OrderBy(instance => instance.Node, StringComparer.Ordinal)], known.GetValueOrDefault(group.Key)?.Health ?? new StoreHealth(), problems),
            StringComparer.Ordinal);
        foreach (var problem in problems.Except(warned))
        {
            context.Logger.LogWarning("Consul service {Service}: {Problem}", service, PrintableText.Of(problem));
        }

        warned = problems;
        return next;
    }
}
