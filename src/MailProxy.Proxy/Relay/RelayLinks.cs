using MailProxy.Routing.Catalog;
using MailProxy.Transport.Connections;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Proxy.Relay;

/// <summary>
/// Connections to stores that rest between two transactions (RFC 2033 has no limit of messages per connection). Dialling, greeting and LHLO cost
/// more than most messages. Each rests on the thread it lives on, for the next session there.
/// </summary>
internal sealed class RelayLinks(TimeProvider time) : IDisposable
{
    // Well below the minutes after which stores hang up (Dovecot: 5), so that a store seldom closes what we are about to use.
    private static readonly TimeSpan RestLimit = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan SweepPeriod = TimeSpan.FromSeconds(5);

    // For one store on one thread. A burst of senders uses more, and the rest is closed behind it.
    private const int MaxResting = 32;

    private readonly Dictionary<(object? Home, string Store), Stack<RelayLink>> _resting = [];
    private readonly Lock _gate = new();
    private ITimer? _timer;
    private bool _isDisposed;

    /// <summary>A link that rests on the client's thread; null: dial. The newest first, so that the others may age.</summary>
    public RelayLink? TryTake(StoreNode node, ConnectionContext client)
    {
        while (true)
        {
            RelayLink? link;
            lock (_gate)
            {
                if (!_resting.TryGetValue((client.Home(), node.Id), out var links) || !links.TryPop(out link))
                {
                    return null;
                }
            }

            if (IsStill(link, node) && !link.Connection.Connection.ConnectionClosed.IsCancellationRequested)
            {
                return link;
            }

            // The store moved to another address, or has hung up.
            _ = link.CutAsync().AsTask();
        }
    }

    /// <summary>Takes a link back whose transaction is complete; true unless there are enough.</summary>
    public bool TryRest(RelayLink link)
    {
        var connection = link.Connection.Connection;
        lock (_gate)
        {
            if (_isDisposed || connection.ConnectionClosed.IsCancellationRequested)
            {
                return false;
            }

            var key = (connection.Home(), link.Node.Id);
            if (!_resting.TryGetValue(key, out var links))
            {
                _resting[key] = links = new Stack<RelayLink>();
            }

            if (links.Count >= MaxResting)
            {
                return false;
            }

            link.WasUsed = true;
            link.IdleSince = time.GetTimestamp();
            links.Push(link);
            _timer ??= time.CreateTimer(static self => ((RelayLinks)self!).Sweep(), this, SweepPeriod, SweepPeriod);
            return true;
        }
    }

    /// <summary>Cuts all that rest: nothing is open on them.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _timer?.Dispose();
            foreach (var link in _resting.Values.SelectMany(links => links))
            {
                link.Connection.Connection.Abort();
            }

            _resting.Clear();
        }
    }

    // Addresses keep their object for as long as the catalog names them.
    private static bool IsStill(RelayLink link, StoreNode node)
    {
        foreach (var candidate in link.Node.Tls == node.Tls ? node.Candidates : [])
        {
            if (candidate.For(StoreService.Lmtp) == link.Connection.Endpoint)
            {
                return !candidate.IsOut;
            }
        }

        return false;
    }

    private void Sweep()
    {
        List<RelayLink> old = [];
        lock (_gate)
        {
            foreach (var (key, links) in _resting.ToList())
            {
                var (keep, leave) = (links.Where(IsYoung).Reverse().ToList(), links.Where(link => !IsYoung(link)));
                old.AddRange(leave);
                if (keep.Count == 0)
                {
                    _resting.Remove(key);
                }
                else if (keep.Count < links.Count)
                {
                    _resting[key] = new Stack<RelayLink>(keep);
                }
            }
        }

        foreach (var link in old)
        {
            _ = link.QuitAsync().AsTask();
        }
    }

    private bool IsYoung(RelayLink link) => time.GetElapsedTime(link.IdleSince) < RestLimit;
}
