using MailProxy.Routing;
using MailProxy.Routing.Catalog;
using Yarp.ReverseProxy.Configuration;

namespace MailProxy.Http.UserTraffic;

/// <summary>YARP's clusters, one per store that offers HTTP, with a destination for each of its addresses, fed from the catalog.</summary>
internal sealed class StoreClusters : IDisposable
{
    // YARP wants every route to have a cluster before we choose the user's; this one leads nowhere.
    private const string Nowhere = "(nowhere)";

    // Store ids are the operator's words, so that none of them can be the name above.
    private const string Prefix = "store:";

    private static readonly RouteConfig[] Routes =
    [
        new() { RouteId = "v1", ClusterId = Nowhere, Match = new RouteMatch { Path = "/v1/{**rest}" } },
    ];

    private readonly Lock _gate = new();
    private readonly IRouter _router;
    private IReadOnlyList<(string Id, string Name, string Address)> _stores;

    /// <summary>Follows the router until disposed.</summary>
    public StoreClusters(IRouter router)
    {
        _router = router;
        _stores = Snapshot();
        Provider = new InMemoryConfigProvider(Routes, ClustersOf(_stores));
        _router.Changed += Update;
        Update(RouteChange.Anybody);
    }

    /// <summary>For YARP.</summary>
    public InMemoryConfigProvider Provider { get; }

    /// <summary>A store's cluster.</summary>
    public static string IdOf(string storeId) => Prefix + storeId;

    /// <inheritdoc/>
    public void Dispose() => _router.Changed -= Update;

    private static List<ClusterConfig> ClustersOf(IReadOnlyList<(string Id, string Name, string Address)> stores)
    {
        var clusters = new List<ClusterConfig> { new() { ClusterId = Nowhere } };
        clusters.AddRange(stores.GroupBy(store => store.Id, StringComparer.Ordinal).Select(store => new ClusterConfig
        {
            ClusterId = IdOf(store.Key),
            Destinations = store.ToDictionary(address => address.Name, address => new DestinationConfig { Address = address.Address }, StringComparer.Ordinal),
            // User names may be more than ASCII (RFC 6531).
            HttpClient = new HttpClientConfig { RequestHeaderEncoding = "utf-8" },
        }));
        return clusters;
    }

    // Pins and slots change far more often than stores do: YARP hears of stores only.
    private void Update(RouteChange change)
    {
        lock (_gate)
        {
            var stores = Snapshot();
            if (!stores.SequenceEqual(_stores))
            {
                _stores = stores;
                Provider.Update(Routes, ClustersOf(stores));
            }
        }
    }

    private List<(string Id, string Name, string Address)> Snapshot() =>
    [
        .. _router.Stores
            .SelectMany(store => store.Candidates, (store, candidate) => (store, candidate, endpoint: candidate.For(StoreService.Http)))
            .Where(entry => entry.endpoint is not null)
            .Select(entry => (entry.store.Id, entry.endpoint!.ToString(), AddressOf(entry.store, entry.candidate)))
            .DistinctBy(entry => (entry.Id, entry.Item2))
            .OrderBy(entry => entry.Id, StringComparer.Ordinal)
            .ThenBy(entry => entry.Item2, StringComparer.Ordinal),
    ];

    private static string AddressOf(StoreNode store, StoreCandidate candidate) =>
        new UriBuilder(store.Tls == StoreTlsMode.None ? "http" : "https", candidate.Address, candidate.Ports[StoreService.Http]).Uri.ToString();
}
