using System.Collections.Frozen;
using MailProxy.Routing.Catalog;

namespace MailProxy.Routing.Static;

/// <summary>A store of a fixed list.</summary>
public sealed class StaticStoreOptions
{
    /// <summary>Store id, e.g. <c>store-1</c>.</summary>
    public string Id { get; set; } = "";

    /// <summary>Host name or IP address.</summary>
    public string Address { get; set; } = "";

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

        if (Uri.CheckHostName(Address) == UriHostNameType.Unknown)
        {
            yield return $"{path}:Address: '{Address}' is neither a host name nor an IP address.";
        }

        if (Ports.Count == 0)
        {
            yield return $"{path}:Ports: name at least one port, like \"imap\": 143.";
        }

        foreach (var (service, port) in Ports.Where(entry => entry.Value is < 1 or > 65535))
        {
            yield return $"{path}:Ports:{service}: {port} is no port.";
        }
    }

    /// <summary>As the catalog shows it.</summary>
    internal StoreNode ToNode() => new(Id, Address, Ports.ToFrozenDictionary(), Tls, Login.Length == 0 ? null : Login, StoreState.Online);
}
