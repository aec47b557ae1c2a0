using MailProxy.Proxy.Connect;

namespace MailProxy.Proxy.Relay;

/// <summary>Whom we trust and who we are at the next hop for other domains; read from files.</summary>
/// <param name="Tls">Trusted CAs.</param>
/// <param name="Account">For AUTH PLAIN (RFC 4954), after TLS only; null: relays know us by our address.</param>
public sealed record RelayAccess(StoreTlsIdentity Tls, MasterAccount? Account)
{
    /// <summary>The system's CAs, and no account.</summary>
    public static RelayAccess None { get; } = new(new StoreTlsIdentity(null, null), null);
}
