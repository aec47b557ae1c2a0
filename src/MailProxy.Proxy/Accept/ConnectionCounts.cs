using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using MailProxy.Proxy.Sessions;

namespace MailProxy.Proxy.Accept;

/// <summary>Counts connections in all and by client network (/32, /64), so that a flood hears "no" instead of taking every descriptor.</summary>
internal sealed class ConnectionCounts(LimitOptions limits)
{
    private readonly ConcurrentDictionary<IPAddress, int> _byNetwork = new();
    private int _total;

    /// <summary>Counts one in; false when a limit is reached (it is counted nevertheless: <see cref="Leave"/> it).</summary>
    public bool Enter(IPEndPoint? client)
    {
        var total = Interlocked.Increment(ref _total);
        var ofNetwork = client is null ? 0 : _byNetwork.AddOrUpdate(NetworkOf(client.Address), 1, static (_, count) => count + 1);
        return total <= limits.Connections && ofNetwork <= limits.ConnectionsPerAddress;
    }

    /// <summary>Counts one out.</summary>
    public void Leave(IPEndPoint? client)
    {
        Interlocked.Decrement(ref _total);
        if (client is null)
        {
            return;
        }

        var network = NetworkOf(client.Address);
        var left = _byNetwork.AddOrUpdate(network, 0, static (_, count) => count - 1);
        if (left <= 0)
        {
            _byNetwork.TryRemove(new(network, left));
        }
    }

    private static IPAddress NetworkOf(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        Span<byte> octets = stackalloc byte[16];
        address.TryWriteBytes(octets, out _);
        octets[8..].Clear();
        return new IPAddress(octets);
    }
}
