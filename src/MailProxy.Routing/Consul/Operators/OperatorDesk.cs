using System.Text.Json;
using MailProxy.Routing.Catalog;
using MailProxy.Routing.Consul.Client;
using MailProxy.Routing.Consul.Feed;
using MailProxy.Routing.Health;
using MailProxy.Routing.Moves;

namespace MailProxy.Routing.Consul.Operators;

/// <summary>What operators' commands ask Consul and write there: the live proxies, the stores, and the operator's word on a store.</summary>
public sealed class OperatorDesk : IDisposable
{
    private readonly IConsulClient consul;
    private readonly string prefix;
    private readonly string service;

    /// <summary>Over the agent that the options (and Consul's environment variables) name.</summary>
    /// <exception cref="ConsulException">The address cannot be understood.</exception>
    public OperatorDesk(ConsulOptions options, TimeProvider time)
        : this(new ConsulClient(options, time), options.Prefix, options.StoreServiceName)
    {
    }

    internal OperatorDesk(IConsulClient consul, string prefix, string service) => (this.consul, this.prefix, this.service) = (consul, prefix, service);

    /// <summary>Who is asked, for error texts.</summary>
    public string Address => consul.Address;

    /// <summary>Every proxy that lives (or died so lately that its session has not run out), by name.</summary>
    /// <exception cref="ConsulException">Consul gave no good answer.</exception>
    public async Task<IReadOnlyList<ProxyListing>> ProxiesAsync(CancellationToken cancellationToken)
    {
        var below = $"{prefix}/proxies/";
        var all = await consul.Kv.ListAsync(below, default, cancellationToken);
        return [.. all.Value.Select(pair => Listing(pair.Key[below.Length..], pair.Value)).OrderBy(listing => listing.Node, StringComparer.Ordinal)];
    }

    /// <summary>Every store that is registered, or that an operator has said something about, by id.</summary>
    /// <exception cref="ConsulException">Consul gave no good answer.</exception>
    public async Task<IReadOnlyList<StoreListing>> StoresAsync(CancellationToken cancellationToken)
    {
        var below = $"{prefix}/stores/";
        var services = await consul.Health.ServiceAsync(service, default, cancellationToken);
        var words = await consul.Kv.ListAsync(below, default, cancellationToken);
        var listings = new SortedDictionary<string, StoreListing>(StringComparer.Ordinal);
        var problems = new HashSet<string>();
        var instances = services.Value.Select(instance => StoreInstanceReader.Read(instance, null, problems)).OfType<StoreInstance>();
        foreach (var group in instances.GroupBy(instance => instance.Id, StringComparer.Ordinal))
        {
            var node = StoreMerge.Of([.. group.OrderBy(instance => instance.Node, StringComparer.Ordinal)], new StoreHealth(), problems);
            var addresses = string.Join(", ", node.Candidates.Select(candidate => candidate.Address));
            listings[node.Id] = new StoreListing(node.Id, addresses, node.Ports, node.State, node.StateDetail, null);
        }

        foreach (var pair in words.Value)
        {
            var id = pair.Key[below.Length..];
            var listing = listings.GetValueOrDefault(id) ?? new StoreListing(id, null, new Dictionary<StoreService, int>(), StoreState.Offline, "not registered with Consul", null);
            listings[id] = OperatorStateParser.TryParse(pair.Value, out var state, out var problem)
                ? listing with { Operator = state }
                : listing with { Detail = string.Join("; ", new[] { listing.Detail, $"{pair.Key} is ignored: {problem}" }.Where(text => text.Length > 0)) };
        }

        return [.. listings.Values];
    }

    /// <summary>Writes the operator's word on a store.</summary>
    /// <param name="id">A store id.</param>
    /// <param name="word"><c>online</c>, <c>drain</c> or <c>offline</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ConsulException">Consul gave no good answer.</exception>
    /// <exception cref="ArgumentException">The id cannot be one.</exception>
    public Task SetStoreStateAsync(string id, string word, CancellationToken cancellationToken) => StoreId.Problem(id) is { } problem
        ? throw new ArgumentException(problem, nameof(id))
        : consul.Kv.PutAsync(
            $"{prefix}/stores/{id}",
            JsonSerializer.SerializeToUtf8Bytes(new OperatorStateDocument { State = word }, RoutingJson.Default.OperatorStateDocument),
            cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => consul.Dispose();

    private static ProxyListing Listing(string node, byte[]? value)
    {
        try
        {
            var document = JsonSerializer.Deserialize(value ?? [], RoutingJson.Default.ProxyDocument);
            return new ProxyListing(
                node, document?.Version, document?.Started, document?.Applied ?? 0, Uri.TryCreate(document?.Admin, UriKind.Absolute, out var admin) ? admin : null);
        }
        catch (JsonException)
        {
            // Listed all the same: it lives, and an operator wants to know that it says nonsense.
            return new ProxyListing(node, null, null, 0, null);
        }
    }
}
