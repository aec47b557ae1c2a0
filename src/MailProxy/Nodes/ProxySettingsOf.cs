using MailProxy.Configuration;
using MailProxy.Proxy;
using MailProxy.Proxy.Connect;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Transport.Tls;

namespace MailProxy.Nodes;

/// <summary>What a configuration says to the sessions of a proxy node.</summary>
internal static class ProxySettingsOf
{
    /// <summary>Reads the master account's file. Errors: IOException.</summary>
    public static ProxySettings Config(ProxyConfig config, ServerTls? tls, StoreTlsIdentity identity, IStoreTokenSigner? tokens) => new(
        config.Node.HostName, tls, config.Authentication.ClearText, config.Limits, config.Stores, identity, MasterAccountFile.Load(config.Stores), config.Relay, tokens)
    {
        Mechanisms = config.Authentication.ToMechanisms(config.Directory.Takes),
        Submission = config.Submission,
        Milter = config.Milter,
        RelayAccess = RelayFiles.Load(config.Relay),
        CertificateName = config.Authentication.CertificateName,
    };
}
