using System.Net;
using MailProxy.Directory;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Routing.Catalog;
using MailProxy.Transport.Tls;

namespace MailProxy.Proxy.Connect;

/// <summary>Everything a store dialogue needs to know of the leg it talks over.</summary>
/// <param name="Node">The store.</param>
/// <param name="User">Canonical name to act as.</param>
/// <param name="Method">How to log in.</param>
/// <param name="Master">The proxy's own account, for <see cref="StoreLoginMethod.Master"/>.</param>
/// <param name="Secret">The password for <see cref="StoreLoginMethod.Password"/>, the token for <see cref="StoreLoginMethod.Token"/> and <see cref="StoreLoginMethod.Bearer"/>.</param>
/// <param name="UpgradeWith">Not null: the leg is in clear and must be upgraded by STARTTLS/STLS before anything else is said.</param>
/// <param name="SessionId">For the store's log.</param>
/// <param name="Client">The client's address; told to the store after TLS only.</param>
/// <param name="Local">The address the client connected to.</param>
/// <param name="ProxyTtl">Loop guard sent with the identity; starts at 5.</param>
/// <param name="HostName">Ours, for EHLO and LHLO.</param>
/// <param name="Tries">Hears that the store has greeted, and knows its address; null: nobody wants to know.</param>
internal sealed record StoreLeg(
    StoreNode Node,
    string User,
    StoreLoginMethod Method,
    MasterAccount? Master,
    Secret Secret,
    TlsClientSettings? UpgradeWith,
    string SessionId,
    IPEndPoint? Client,
    IPEndPoint? Local,
    int ProxyTtl,
    string HostName,
    StoreTries? Tries = null)
{
    /// <summary>Who logged in with us, for XCLIENT's LOGIN at a relay that offers it; null: that is nobody's business there.</summary>
    public string? TellLogin { get; init; }
}
