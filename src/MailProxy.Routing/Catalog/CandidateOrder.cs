using System.Text;

namespace MailProxy.Routing.Catalog;

/// <summary>
/// In which order a store's addresses are tried: by weighted rendezvous hashing of the user's name (each address draws a number from the name and itself, and
/// the highest goes first). So every proxy sends one user to the same address, whose caches know them already, and on file systems that
/// several servers share nobody writes one mailbox from two. When an address goes, only its users go elsewhere; when it comes back, only they come back.
/// </summary>
public static class CandidateOrder
{
    // FNV-1a, 64 bits, and the finalizer of splitmix64, because FNV alone mixes the last letters badly.
    private const ulong Basis = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    /// <summary>The addresses that may be dialled for a service, best first. The catalog's own list where there is only one.</summary>
    /// <param name="store">The store.</param>
    /// <param name="service">What for.</param>
    /// <param name="key">Whose session it is: the user, or for what concerns no single user anything that varies.</param>
    public static IReadOnlyList<StoreCandidate> Of(StoreNode store, StoreService service, string key)
    {
        var all = store.Candidates;
        if (all.Count == 1)
        {
            return all[0].MayDial(service) ? all : [];
        }

        return [.. all.Where(candidate => candidate.MayDial(service)).OrderByDescending(candidate => Score(candidate, key)).ThenBy(candidate => candidate.Address, StringComparer.Ordinal)];
    }

    /// <summary>
    /// The same for a login that is to be made now: an address that greeted and did not answer logins comes first for one login now and then, as nothing else shows that it answers again.
    /// </summary>
    public static IReadOnlyList<StoreCandidate> ForLogin(StoreNode store, StoreService service, string key)
    {
        var order = Of(store, service, key);
        return order.Count < store.Candidates.Count ? WithTrial(store, service, order) : order;
    }

    // Apart from the above, which every login passes: a lambda that catches its arguments would allocate there.
    private static IReadOnlyList<StoreCandidate> WithTrial(StoreNode store, StoreService service, IReadOnlyList<StoreCandidate> order) =>
        store.Candidates.FirstOrDefault(candidate => candidate.TakeTrial(service)) is { } trial ? [trial, .. order.Where(candidate => candidate != trial)] : order;

    // -weight / ln(u) with u in (0, 1): an address of twice the weight comes first for twice as many.
    private static double Score(StoreCandidate candidate, string key)
    {
        var u = ((Hash(key, candidate) >> 11) + 0.5) / (1UL << 53);
        return candidate.Weight == 0 ? u - 1 : -candidate.Weight / Math.Log(u);
    }

    private static ulong Hash(string key, StoreCandidate candidate)
    {
        var hash = Add(Add(Basis, key), candidate.Address);
        foreach (var port in candidate.Ports.Values.Order())
        {
            hash = (hash ^ (uint)port) * Prime;
        }

        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EB;
        return hash ^ (hash >> 31);
    }

    private static ulong Add(ulong hash, string text)
    {
        foreach (var octet in Encoding.UTF8.GetBytes(text))
        {
            hash = (hash ^ octet) * Prime;
        }

        return (hash ^ 0xFF) * Prime;
    }
}
