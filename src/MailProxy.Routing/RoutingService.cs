using MailProxy.Routing.Consul;
using MailProxy.Routing.Consul.Client;
using MailProxy.Routing.Consul.Feed;
using MailProxy.Routing.Consul.LastGood;
using MailProxy.Routing.Consul.Moves;
using MailProxy.Routing.Consul.Watch;
using MailProxy.Routing.Moves;
using MailProxy.Routing.Pins;
using MailProxy.Routing.Views;
using Microsoft.Extensions.Logging;

namespace MailProxy.Routing;

/// <summary>Routing as a whole: watches Consul from <see cref="Start"/> until it is disposed, and answers from the last good view all the while.</summary>
public sealed class RoutingService : IRoutingSource
{
    private readonly CancellationTokenSource stop = new();
    private readonly IConsulClient consul;
    private readonly IReadOnlyList<IFeed> feeds;
    private readonly Router router;
    private readonly ConsulOptions options;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private LastGoodKeeper? lastGood;
    private ProxyMembership? membership;
    private MoveConfirmer? confirmer;
    private Task running = Task.CompletedTask;
    private int disposed;

    /// <summary>Routing over the agent that the options (and Consul's environment variables) name.</summary>
    /// <exception cref="ConsulException">The address cannot be understood; <see cref="ConsulOptions.Validate"/> says so earlier.</exception>
    public RoutingService(ConsulOptions options, ILoggerFactory loggers, TimeProvider time)
        : this(options, new ConsulClient(options, time), loggers, time, Random.Shared, new WatchOptions { Wait = options.WaitTime })
    {
    }

    internal RoutingService(ConsulOptions options, IConsulClient consul, ILoggerFactory loggers, TimeProvider time, Random random, WatchOptions watch)
    {
        (this.options, this.consul, this.time) = (options, consul, time);
        logger = loggers.CreateLogger("MailProxy.Routing");
        router = new Router(options.Prefix, () => feeds?.Max(f => f.Age) ?? TimeSpan.Zero, () => feeds?.SelectMany(f => f.Problems) ?? [], logger);
        feeds = RoutingFeeds.Create(options.StoreServiceName, new FeedContext(consul, options.Prefix, router, watch, time, random, logger));
    }

    /// <summary>Answers from the last good view; <see cref="Decisions.RouteOutcome.NotLoaded"/> before there is one.</summary>
    public IRouter Router => router;

    /// <summary>What is wrong though routing still works, one phrase each (for <c>/readyz?verbose</c>): Consul unreachable for so long, answers that are not believed ...</summary>
    public IReadOnlyList<string> Problems => [.. feeds.SelectMany(f => f.Problems), .. membership?.Problem is { } problem ? [problem] : Array.Empty<string>(), .. lastGood?.Problems ?? []];

    /// <summary>One line for <c>/readyz?verbose</c>: what is loaded, how old it is, and the problems.</summary>
    public string Detail
    {
        get
        {
            var view = router.View;
            var slots = view.Slots is null ? "no slots" : $"{view.Slots.Count} slots";
            var counts = $"{view.Stores.Count} stores, {view.Pins.Count} pins, {view.Domains.Count} domains, {slots}";
            return string.Join("; ", [$"{counts}; confirmed {router.ViewAge.TotalSeconds:0} s ago by {consul.Address}", .. Problems]);
        }
    }

    /// <summary>This node takes part in moves: it is listed as a live proxy and confirms holds. Call before <see cref="Start"/>.</summary>
    public void TakePart(MoveParticipation participation, IUserPresence presence)
    {
        var keys = new MoveKeys(options.Prefix);
        var pins = feeds.OfType<KvMapFeed<Pin>>().First();
        var slots = feeds.OfType<SlotFeed>().First();
        membership = new ProxyMembership(consul, keys, participation, () => (pins.Applied, slots.Applied), time, logger);
        confirmer = new MoveConfirmer(consul, keys, participation.NodeId, presence, router, time, logger);
    }

    /// <summary>The last good view is kept on disk, if the options name a file: for nodes; commands have no business there. Call before <see cref="Start"/>.</summary>
    public void KeepLastGood(LastGoodOptions keep) => lastGood = keep.File.Length == 0 ? null : new LastGoodKeeper(keep, options, feeds, router, time, logger);

    /// <summary>Begins to watch. Call once.</summary>
    public void Start()
    {
        lastGood?.Seed();
        membership?.Start();
        running = Task.WhenAll(WatchAsync(), Task.Run(() => lastGood?.RunAsync(stop.Token) ?? Task.CompletedTask));
    }

    /// <summary>Ends when the first whole view has been loaded, however long that takes.</summary>
    public Task ReadyAsync(CancellationToken cancellationToken) => router.Ready.WaitAsync(cancellationToken);

    /// <summary>Ends the watches. May be called again.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
        {
            return;
        }

        await stop.CancelAsync();
        await running;
        lastGood?.WriteIfDue();
        await (confirmer?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (membership?.DisposeAsync() ?? ValueTask.CompletedTask);
        consul.Dispose();
        stop.Dispose();
    }

    // Listed first, or a node could load the routes just before a hold and serve by them, while the move sees no such node.
    private async Task WatchAsync()
    {
        if (membership is not null)
        {
            try
            {
                await membership.ListedAsync.WaitAsync(stop.Token);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
        }

        await Task.WhenAll(feeds.Select(feed => Task.Run(() => feed.RunAsync(stop.Token))));
    }
}
