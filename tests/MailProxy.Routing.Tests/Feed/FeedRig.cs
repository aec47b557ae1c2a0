using System.Text;
using MailProxy.Routing.Consul;
using MailProxy.Routing.Consul.Client;
using MailProxy.Routing.Consul.Feed;
using MailProxy.Routing.Consul.Model;
using MailProxy.Routing.Consul.Watch;
using MailProxy.Routing.Views;
using Microsoft.Extensions.Time.Testing;

namespace MailProxy.Routing.Tests.Feed;

/// <summary>Feeds over a server that answers single keys as the test says; answers to lists are handed in directly.</summary>
internal sealed class FeedRig
{
    public FeedRig()
    {
        Router = new Router("mp", () => TimeSpan.Zero, () => [], Log);
        var consul = new ConsulClient(new ConsulOptions { Address = "consul.test:8500" }, new AnsweringHandler(_ => SingleKey), Time);
        var context = new FeedContext(consul, "mp", Router, new WatchOptions(), Time, new Random(1), Log);
        Feeds = RoutingFeeds.Create("mail-store", context);
        foreach (var feed in Feeds.OfType<IWatchSource<IReadOnlyList<KvPair>>>())
        {
            // All but the pins start empty and loaded.
            if (feed != Pins)
            {
                feed.TakeAsync(new ConsulAnswer<IReadOnlyList<KvPair>>([], 1), CancellationToken.None).AsTask().GetAwaiter().GetResult();
            }
        }
    }

    /// <summary>The answer to each read of a single key.</summary>
    public (int Status, string Body) SingleKey { get; set; } = (404, "");

    public FakeTimeProvider Time { get; } = new();

    public RecordingLogger Log { get; } = new();

    public Router Router { get; }

    public IReadOnlyList<IFeed> Feeds { get; }

    public KvMapFeed<Routing.Pins.Pin> Pins => (KvMapFeed<Routing.Pins.Pin>)Feeds[0];

    public SlotFeed Slots => Feeds.OfType<SlotFeed>().Single();

    public CatalogFeed Catalog => Feeds.OfType<CatalogFeed>().Single();

    public static KvPair Pair(string key, string value, ulong index = 5) => new() { Key = key, Value = Encoding.UTF8.GetBytes(value), ModifyIndex = index };

    public static ServiceHealth Store(string id, string status = "passing", string address = "127.0.0.1", params (string Key, string Value)[] meta) => new()
    {
        Node = new NodeInfo { Node = "n", Address = "10.0.0.9" },
        Service = new AgentService { Id = id, Service = "mail-store", Address = address, Meta = meta.Length == 0 ? new Dictionary<string, string> { ["imap"] = "143" } : meta.ToDictionary(m => m.Key, m => m.Value) },
        Checks = [new HealthCheck { CheckId = "service:" + id, Status = status, Output = "said\nso", ServiceId = id }],
    };

    /// <summary>The same on a node of its own, with a weight.</summary>
    public static ServiceHealth On(string node, ServiceHealth store, int weight = 1) =>
        store with { Node = store.Node with { Node = node }, Service = store.Service with { Weights = new ServiceWeights { Passing = weight } } };

    public ValueTask<WatchVerdict> PinsAsync(params KvPair[] pairs) => Pins.TakeAsync(new ConsulAnswer<IReadOnlyList<KvPair>>(pairs, 5), CancellationToken.None);

    public ValueTask<WatchVerdict> SlotsAsync(KvPair? pair) => Slots.TakeAsync(new ConsulAnswer<KvPair?>(pair, 5), CancellationToken.None);

    public ValueTask<WatchVerdict> CatalogAsync(params ServiceHealth[] stores) => Catalog.TakeAsync(new ConsulAnswer<IReadOnlyList<ServiceHealth>>(stores, 5), CancellationToken.None);
}
