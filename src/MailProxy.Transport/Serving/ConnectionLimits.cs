using System.Collections.Concurrent;
using System.Net;

namespace MailProxy.Transport.Serving;

/// <summary>
/// What several servers may serve together, in all and of one client network, so that a flood hears "no" instead of taking every descriptor.
/// Refused connections are not counted: they hold nobody's place.
/// </summary>
/// <param name="total">Connections in all.</param>
/// <param name="perNetwork">Connections of one IPv4 address or one IPv6 /64.</param>
public sealed class ConnectionLimits(int total, int perNetwork)
{
    private readonly BoundedCount _all = new(total);
    private volatile int _perNetwork = perNetwork;
    private readonly ConcurrentDictionary<ClientNetwork, int> _byNetwork = new();

    /// <summary>Other limits, for connections to come.</summary>
    public void Use(int nextTotal, int nextPerNetwork)
    {
        _all.Use(nextTotal);
        _perNetwork = nextPerNetwork;
    }

    /// <summary>Connections served now.</summary>
    public int Count => _all.Value;

    /// <summary>Client networks that have a connection now.</summary>
    public int Networks => _byNetwork.Count;

    /// <summary>Counts one in; anything but <see cref="LimitReached.None"/> means it must not be served, and nothing has changed.</summary>
    internal LimitReached TryEnter(EndPoint? client)
    {
        if (!_all.TryEnter())
        {
            return LimitReached.Total;
        }

        if (ClientNetwork.Of(client) is { } network && !TryEnter(network))
        {
            _all.Leave();
            return LimitReached.Network;
        }

        return LimitReached.None;
    }

    /// <summary>Counts one that is in by another network; false: that one is full, and nothing has changed. Either may be null or unknown: counted in all only.</summary>
    internal bool TryExchange(EndPoint? before, EndPoint? after)
    {
        var (from, to) = (ClientNetwork.Of(before), ClientNetwork.Of(after));
        if (to is { } entered && to != from && !TryEnter(entered))
        {
            return false;
        }

        if (from is { } left && to != from)
        {
            Leave(left);
        }

        return true;
    }

    /// <summary>Counts out one that was counted in, by the address it had then.</summary>
    internal void Leave(EndPoint? client)
    {
        if (ClientNetwork.Of(client) is { } network)
        {
            Leave(network);
        }

        // Last, so that a count of zero means that nothing is left of anybody.
        _all.Leave();
    }

    private void Leave(ClientNetwork network)
    {
        while (_byNetwork.TryGetValue(network, out var count))
        {
            // The last one takes the entry with it, or the table would grow with every address that ever came.
            if (count == 1 ? _byNetwork.TryRemove(new(network, 1)) : _byNetwork.TryUpdate(network, count - 1, count))
            {
                return;
            }
        }
    }

    private bool TryEnter(ClientNetwork network)
    {
        while (true)
        {
            if (!_byNetwork.TryGetValue(network, out var count))
            {
                if (_byNetwork.TryAdd(network, 1))
                {
                    return true;
                }
            }
            else if (count >= _perNetwork)
            {
                return false;
            }
            else if (_byNetwork.TryUpdate(network, count + 1, count))
            {
                return true;
            }
        }
    }
}
