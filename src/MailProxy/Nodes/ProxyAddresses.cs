using System.Net;
using MailProxy.Configuration;

namespace MailProxy.Nodes;

/// <summary>Under which addresses others reach this node.</summary>
internal static class ProxyAddresses
{
    /// <summary>Its mail: what the configuration says.</summary>
    public static string OfNode(NodeOptions node) => node.Address.Length > 0 ? node.Address : node.HostName;

    /// <summary>The host of something that is bound: its own address, or the node's when it is bound to all.</summary>
    public static string HostOf(IPEndPoint bound, NodeOptions node) =>
        bound.Address.Equals(IPAddress.Any) || bound.Address.Equals(IPAddress.IPv6Any) ? OfNode(node) : bound.Address.ToString();

    /// <summary>The admin API's URL for operators' commands.</summary>
    public static string AdminUrl(AdminOptions admin, IPEndPoint bound, NodeOptions node) => admin.Url.Length > 0
        ? admin.Url
        : new UriBuilder(admin.Certificate is null ? "http" : "https", HostOf(bound, node), bound.Port).Uri.AbsoluteUri;
}
