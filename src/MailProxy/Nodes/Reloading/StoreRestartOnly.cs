using MailProxy.Configuration;

namespace MailProxy.Nodes.Reloading;

/// <summary>Which settings of a store are taken at the start only: all but its certificates and the level of its log.</summary>
internal static class StoreRestartOnly
{
    /// <summary>Whether a setting counts after a restart only.</summary>
    /// <param name="path">As <see cref="SettingChanges"/> gives it.</param>
    /// <param name="servesTls">The node has a certificate already, which can be exchanged; a first one cannot.</param>
    public static bool Has(string path, bool servesTls) => path != "Log:Level" && !(servesTls && RestartOnly.IsAtOrBelow(path, "Tls"));

    /// <summary>Puts back what counts after a restart only: <paramref name="next"/> is then what the node can run by now.</summary>
    public static void Keep(StoreConfig running, StoreConfig next, bool servesTls)
    {
        next.Node = running.Node;
        next.Store = running.Store;
        next.Listeners = running.Listeners;
        next.Access = running.Access;
        next.Moves = running.Moves;
        next.Consul = running.Consul;
        next.Log.Format = running.Log.Format;
        if (!servesTls)
        {
            next.Tls = running.Tls;
        }
    }
}
