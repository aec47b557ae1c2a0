using System.Collections.Concurrent;

namespace MailProxy.Proxy.Sieve;

/// <summary>
/// What the Sieve engines of the stores can do, as their greetings said last: before login a client is told what all of them can. Nothing until the first
/// greeting was heard; after login the store itself is asked.
/// </summary>
internal sealed class LearntExtensions
{
    // More stores than a cluster has; beyond it new ones are not learnt.
    private const int MostStores = 10_000;

    private readonly ConcurrentDictionary<string, (string Sieve, string Notify)> _byStore = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private volatile Common _common = new("", "");

    /// <summary>Extensions that every store has, separated by spaces (RFC 5804 1.7, SIEVE).</summary>
    public string Sieve => _common.Sieve;

    /// <summary>Notification methods that every store has; empty: none (RFC 5804 1.7, NOTIFY).</summary>
    public string Notify => _common.Notify;

    /// <summary>Hears what a store said. From any thread.</summary>
    public void Learn(string store, string sieve, string notify)
    {
        if (_byStore.TryGetValue(store, out var known) ? known == (sieve, notify) : _byStore.Count >= MostStores)
        {
            return;
        }

        lock (_gate)
        {
            _byStore[store] = (sieve, notify);
            var all = _byStore.Values.ToArray();
            _common = new Common(CommonOf(all.Select(one => one.Sieve)), CommonOf(all.Select(one => one.Notify)));
        }
    }

    private static string CommonOf(IEnumerable<string> lists) => string.Join(
        ' ',
        lists.Select(list => list.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Aggregate((left, right) => [.. left.Intersect(right, StringComparer.OrdinalIgnoreCase)])
            .Order(StringComparer.OrdinalIgnoreCase));

    private sealed record Common(string Sieve, string Notify);
}
