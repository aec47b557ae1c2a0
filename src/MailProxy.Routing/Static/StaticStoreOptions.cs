using System.Collections.Frozen;
using MailProxy.Routing.Catalog;
using MailProxy.Routing.Health;

namespace MailProxy.Routing.Static;

/// <summary>A store of a fixed list.</summary>
public sealed class StaticStoreOptions
{
    /// <summary>Store id, e.g. <c>store-1</c>.</summary>
    public string Id { get; set; } = "";

    /// <summary>Host name or IP address.</summary>
    public string Address { get; set; } = "";

    /// <summary>Several addresses instead of <see cref="Address"/>: all lead to the same mail.</summary>
    public List<StaticAddressOptions> Addresses { get; set; } = [];

    /// <summary>Ports by service: <c>imap</c>, <c>imaps</c>, <c>pop3</c>, <c>pop3s</c>, <c>lmtp</c>, <c>submission</c>, <c>sieve</c>, <c>http</c>.</summary>
    public Dictionary<StoreService, int> Ports { get; set; } = [];

    /// <summary>How the leg is encrypted.</summary>
    public StoreTlsMode Tls { get; set; } = StoreTlsMode.StartTls;

    /// <summary><c>external</c>, <c>token</c>, <c>master</c>, <c>password</c>, <c>bearer</c>; empty: the proxy's default.</summary>
    public string Login { get; set; } = "";

    /// <summary>Every error, as <c>path: what to do</c>.</summary>
    public IEnumerable<string> Validate(string path)
    {
        if (StoreId.Problem(Id) is { } problem)
        {
            yield return $"{path}:Id: {problem}.";
        }

        if (Addresses.Count > 0)
        {
            if (Address.Length > 0)
            {
                yield return $"{path}:Address: name the addresses in Addresses alone, or one here.";
            }

            foreach (var error in Addresses.SelectMany((address, index) => address.Validate($"{path}:Addresses:{index}")))
            {
                yield return error;
            }
        }
        else if (Uri.CheckHostName(Address) == UriHostNameType.Unknown)
        {
            yield return $"{path}:Address: '{Address}' is neither a host name nor an IP address.";
        }

        if (Ports.Count == 0 && (Addresses.Count == 0 || Addresses.Exists(address => address.Ports.Count == 0)))
        {
            yield return $"{path}:Ports: name at least one port, like \"imap\": 143.";
        }

        foreach (var (service, port) in Ports.Where(entry => entry.Value is < 1 or > 65535))
        {
            yield return $"{path}:Ports:{service}: {port} is no port.";
        }
    }

    /// <summary>As the catalog shows it.</summary>
    internal StoreNode ToNode()
    {
        var ports = Ports.ToFrozenDictionary();
        var health = new StoreHealth();
        StoreCandidate[] candidates = Addresses.Count == 0
            ? [new StoreCandidate(Address, ports, health)]
            : [.. Addresses.Select(entry => new StoreCandidate(entry.Address, entry.Ports.Count == 0 ? ports : entry.Ports.ToFrozenDictionary(), health, entry.Weight))];
        return new StoreNode(Id, candidates[0].Address, candidates[0].Ports, Tls, Login.Length == 0 ? null : Login, StoreState.Online).With(health, candidates);
    }
}
