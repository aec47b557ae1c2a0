using System.Collections.Concurrent;
using System.Net;
using MailProxy.Transport.Memory;

namespace MailProxy.Proxy.Connect;

/// <summary>The endpoints behind a store's address.</summary>
internal sealed class StoreResolver
{
    // Stores named by an address are few and stay: each login and each idle session shares their endpoints.
    private readonly ConcurrentDictionary<(string Address, int Port), EndPoint[]> _literals = new();

    /// <summary>At least one. Errors: <see cref="System.Net.Sockets.SocketException"/>.</summary>
    public async ValueTask<IReadOnlyList<EndPoint>> ResolveAsync(string address, int port, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(address, out var literal))
        {
            return _literals.GetOrAdd((address, port), static (key, ip) => [new IPEndPoint(ip, key.Port)], literal);
        }

        if (address.StartsWith("memory:", StringComparison.Ordinal))
        {
            return [new MemoryEndPoint($"{address["memory:".Length..]}:{port}")];
        }

        return [.. (await Dns.GetHostAddressesAsync(address, cancellationToken)).Select(ip => new IPEndPoint(ip, port))];
    }
}
