using System.Globalization;
using MailProxy.Routing.Catalog;
using MailProxy.Routing.Consul.Feed;
using MailProxy.Routing.Consul.Model;
using MailProxy.Routing.Relays;

namespace MailProxy.Routing.Consul.Relays;

/// <summary>Reads one relay from its Consul service: address, port, <c>tls</c> of its metadata, its weight and its checks.</summary>
internal static class RelayInstanceReader
{
    /// <summary>Reads; null when it cannot be used. What is wrong goes into <paramref name="problems"/>.</summary>
    public static StoreInstance? Read(string service, ServiceHealth instance, ISet<string> problems)
    {
        var said = instance.Service;
        var address = said.Address.Length > 0 ? said.Address : instance.Node.Address;
        var problem = said.Port is <= 0 or > ushort.MaxValue ? string.Create(CultureInfo.InvariantCulture, $"the port {said.Port} is none")
            : StoreInstanceReader.Tls(said.Meta) is null ? $"meta tls '{said.Meta!["tls"]}' is none of none, starttls, implicit"
            : Uri.CheckHostName(address) == UriHostNameType.Unknown ? $"the address '{address}' is neither a host name nor an IP address"
            : null;
        if (problem is not null)
        {
            problems.Add($"relay {said.Id} on node {instance.Node.Node} is ignored: {problem}");
            return null;
        }

        var (isOut, weight, detail) = StoreInstanceReader.Judge(instance);
        return new StoreInstance(
            service, $"{instance.Node.Node}/{said.Id}", address, FixedRelays.Ports(said.Port), StoreInstanceReader.Tls(said.Meta)!.Value, null, weight, isOut, detail);
    }
}
