using MailProxy.Routing.Catalog;

namespace MailProxy.Routing.Static;

/// <summary>One of several addresses of a store of a fixed list.</summary>
public sealed class StaticAddressOptions
{
    /// <summary>Host name or IP address.</summary>
    public string Address { get; set; } = "";

    /// <summary>Ports by service there; none: the store's.</summary>
    public Dictionary<StoreService, int> Ports { get; set; } = [];

    /// <summary>Its share among the store's addresses, 0 to 65535 as in Consul; 0: only when no other can be reached.</summary>
    public int Weight { get; set; } = 1;

    /// <summary>Every error, as <c>path: what to do</c>.</summary>
    public IEnumerable<string> Validate(string path)
    {
        if (Uri.CheckHostName(Address) == UriHostNameType.Unknown)
        {
            yield return $"{path}:Address: '{Address}' is neither a host name nor an IP address.";
        }

        if (Weight is < 0 or > ushort.MaxValue)
        {
            yield return $"{path}:Weight: give a number from 0 to {ushort.MaxValue}.";
        }

        foreach (var (service, port) in Ports.Where(entry => entry.Value is < 1 or > ushort.MaxValue))
        {
            yield return $"{path}:Ports:{service}: {port} is no port.";
        }
    }
}
