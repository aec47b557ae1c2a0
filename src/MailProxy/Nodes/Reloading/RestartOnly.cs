using MailProxy.Configuration;

namespace MailProxy.Nodes.Reloading;

/// <summary>Which settings of a proxy are taken at the start only: what is built from them cannot be exchanged under sessions that live.</summary>
internal static class RestartOnly
{
    private static readonly string[] Prefixes =
    [
        "Node", "Transport", "Rehearsal", "Shared", "Routing", "Consul", "Stores:Tls", "Stores:TokenKeyFile", "Stores:TokenIssuer", "Stores:Health", "Http", "Admin", "Log:Format", "Relay:PoolService",
    ];

    /// <summary>Whether a setting counts after a restart only.</summary>
    /// <param name="path">As <see cref="SettingChanges"/> gives it.</param>
    /// <param name="servesTls">The node has a certificate for clients already, which can be exchanged; a first one cannot.</param>
    public static bool Has(string path, bool servesTls) =>
        Array.Exists(Prefixes, prefix => IsAtOrBelow(path, prefix)) || (!servesTls && IsAtOrBelow(path, "Tls"));

    /// <summary>Puts back what counts after a restart only: <paramref name="next"/> is then what the node can run by now.</summary>
    public static void Keep(ProxyConfig running, ProxyConfig next, bool servesTls)
    {
        next.Node = running.Node;
        next.Transport = running.Transport;
        next.Rehearsal = running.Rehearsal;
        next.Shared = running.Shared;
        next.Routing = running.Routing;
        next.Consul = running.Consul;
        next.Stores.Tls = running.Stores.Tls;
        next.Stores.TokenKeyFile = running.Stores.TokenKeyFile;
        next.Stores.TokenIssuer = running.Stores.TokenIssuer;
        next.Stores.Health = running.Stores.Health;
        next.Http = running.Http;
        next.Admin = running.Admin;
        next.Log.Format = running.Log.Format;
        next.Relay.PoolService = running.Relay.PoolService;
        if (!servesTls)
        {
            next.Tls = running.Tls;
        }
    }

    /// <summary>Whether a path is a section or lies in it.</summary>
    public static bool IsAtOrBelow(string path, string prefix) => path == prefix || path.StartsWith(prefix + ":", StringComparison.Ordinal);
}
