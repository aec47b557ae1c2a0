using System.Net;
using System.Net.NetworkInformation;

namespace MailProxy.Proxy.Connect;

/// <summary>The addresses this node listens on: a store that is one of them would make a loop.</summary>
internal sealed class OwnListeners
{
    private volatile IReadOnlyList<EndPoint> _bound = [];
    private IReadOnlyCollection<IPAddress> _ownAddresses = [];

    /// <summary>Tells what was bound.</summary>
    public void Set(IReadOnlyList<EndPoint> bound)
    {
        _ownAddresses = NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .ToHashSet();
        _bound = bound;
    }

    /// <summary>True when dialling <paramref name="target"/> would reach ourselves.</summary>
    public bool Contains(EndPoint target)
    {
        foreach (var bound in _bound)
        {
            if (bound.Equals(target))
            {
                return true;
            }

            if (bound is IPEndPoint own && target is IPEndPoint other && own.Port == other.Port
                && (own.Address.Equals(IPAddress.Any) || own.Address.Equals(IPAddress.IPv6Any)) && (IPAddress.IsLoopback(other.Address) || _ownAddresses.Contains(other.Address)))
            {
                return true;
            }
        }

        return false;
    }
}
