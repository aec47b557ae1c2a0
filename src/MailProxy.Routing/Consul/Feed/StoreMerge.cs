using MailProxy.Routing.Catalog;
using MailProxy.Routing.Health;

namespace MailProxy.Routing.Consul.Feed;

/// <summary>Makes one store of the instances that carry its id: each is one of its addresses.</summary>
internal static class StoreMerge
{
    /// <summary>The store.</summary>
    /// <param name="instances">At least one, in an order that is always the same; the first that is healthy speaks for all.</param>
    /// <param name="health">What is known of the store already.</param>
    /// <param name="problems">Phrases for the operator.</param>
    public static StoreNode Of(IReadOnlyList<StoreInstance> instances, StoreHealth health, ISet<string> problems)
    {
        var first = instances.FirstOrDefault(instance => !instance.IsOut) ?? instances[0];
        var candidates = new List<StoreCandidate>();
        foreach (var instance in instances.OrderByDescending(instance => instance == first))
        {
            if (instance.Tls != first.Tls || instance.Login != first.Login)
            {
                problems.Add($"store {first.Id}: meta tls or login on node {instance.Node} differs from that on node {first.Node}; the address {instance.Address} is ignored");
            }
            else if (!candidates.Exists(other => other.Address == instance.Address && other.Ports.Values.Intersect(instance.Ports.Values).Any()))
            {
                candidates.Add(new StoreCandidate(instance.Address, instance.Ports, health, instance.Weight, instance.IsOut, instance.Detail));
            }
            else
            {
                problems.Add($"store {first.Id}: the address {instance.Address} is registered on more than one node; node {instance.Node} is ignored");
            }
        }

        health.Keep(candidates.SelectMany(candidate => candidate.Endpoints));
        var state = first.IsOut ? StoreState.Offline : StoreState.Online;
        return new StoreNode(first.Id, first.Address, first.Ports, first.Tls, first.Login, state, DetailOf(candidates)).With(health, candidates);
    }

    private static string DetailOf(List<StoreCandidate> candidates) => candidates.Count == 1
        ? candidates[0].Detail
        : string.Join("; ", candidates.Where(candidate => candidate.IsOut).Select(candidate => $"{candidate.Address}: {candidate.Detail}"));
}
