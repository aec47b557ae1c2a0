using System.Net;

namespace MailProxy.Proxy.Accept;

/// <summary>Networks whose peers may say for which client they speak.</summary>
internal sealed class PeerNetworks(IEnumerable<string> networks)
{
    private readonly IPNetwork[] _networks = [.. networks.Select(text => TryParse(text, out var network) ? network : default)];

    /// <summary>True when nobody is in them.</summary>
    public bool IsEmpty => _networks.Length == 0;

    /// <summary>A CIDR, or an address by itself.</summary>
    public static bool TryParse(string text, out IPNetwork network)
    {
        if (IPNetwork.TryParse(text, out network))
        {
            return true;
        }

        var isAddress = IPAddress.TryParse(text, out var address);
        network = isAddress ? new IPNetwork(address!, address!.GetAddressBytes().Length * 8) : default;
        return isAddress;
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
