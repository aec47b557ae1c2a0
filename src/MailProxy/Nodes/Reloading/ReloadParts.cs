using MailProxy.Directory;
using MailProxy.Directory.Shared;
using MailProxy.Nodes.Admin;
using MailProxy.Proxy;
using MailProxy.Proxy.Connect;
using MailProxy.Transport.Tls;
using Microsoft.Extensions.Logging;

namespace MailProxy.Nodes.Reloading;

/// <summary>The parts of a proxy node that take other settings while it runs.</summary>
internal sealed record ReloadParts(
    ServerTlsFiles? Tls,
    StoreTokenSigner? Tokens,
    AdminAccess? Access,
    StoreTlsIdentity Identity,
    SwitchingDirectory Directory,
    SharedCounts? Shared,
    ProxyNode Proxy,
    NodeListeners Listeners,
    Func<bool> IsDraining,
    ILoggerFactory Loggers);
