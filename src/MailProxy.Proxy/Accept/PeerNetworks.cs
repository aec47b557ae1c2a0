using System.Net;
using System.Net.Sockets;

namespace MailProxy.Proxy.Accept;

/// <summary>Networks whose peers may say for which client they speak.</summary>
internal sealed class PeerNetworks(IEnumerable<string> networks)
{
    private readonly IPNetwork[] _networks = [.. networks.Select(static text => TryParse(text, out var network) ? network : throw new ArgumentException($"'{text}' is no network.", nameof(networks)))];

    /// <summary>True when nobody is in them.</summary>
    public bool IsEmpty => _networks.Length == 0;

    /// <summary>A CIDR, or an address by itself.</summary>
    public static bool TryParse(string text, out IPNetwork network)
    {
        network = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var written = slash < 0 ? text : text[..slash];

        // .NET takes 10 for 0.0.0.10 and 010.0.0.1 for 8.0.0.1: nobody means that.
        if (!IPAddress.TryParse(written, out var address) || (address.AddressFamily == AddressFamily.InterNetwork && address.ToString() != written))
        {
            return false;
        }

        if (slash >= 0)
        {
            return IPNetwork.TryParse(text, out network);
        }

        network = new IPNetwork(address, address.GetAddressBytes().Length * 8);
        return true;
    }

    /// <summary>True for an address of one of them; IPv4 within IPv6 is IPv4.</summary>
    public bool Contains(IPEndPoint? peer)
    {
        if (peer is null)
        {
            return false;
        }

        var address = peer.Address.IsIPv4MappedToIPv6 ? peer.Address.MapToIPv4() : peer.Address;
        foreach (var network in _networks)
        {
            if (network.Contains(address))
            {
                return true;
            }
        }

        return false;
    }
}
