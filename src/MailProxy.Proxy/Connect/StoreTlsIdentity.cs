using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using MailProxy.Transport.Tls;

namespace MailProxy.Proxy.Connect;

/// <summary>Whom we trust on the store leg and who we are there.</summary>
/// <param name="Authorities">Trusted CAs; null: the system's.</param>
/// <param name="ClientCertificate">Ours, for EXTERNAL; null: none.</param>
public sealed record StoreTlsIdentity(X509Certificate2Collection? Authorities, X509Certificate2? ClientCertificate)
{
    private readonly ConcurrentDictionary<string, TlsClientSettings> _byHost = new(StringComparer.Ordinal);

    /// <summary>Settings for one host: the same object every time, so that a transport can keep what it derives from it.</summary>
    public TlsClientSettings SettingsFor(string host) =>
        _byHost.GetOrAdd(host, static (name, self) => new TlsClientSettings(name, self.Authorities, self.ClientCertificate), this);
}
