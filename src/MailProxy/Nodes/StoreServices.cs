using MailProxy.Configuration;
using MailProxy.Proxy.Accept;
using MailProxy.Routing.Catalog;

namespace MailProxy.Nodes;

/// <summary>Under which service name a store's listener is registered.</summary>
internal static class StoreServices
{
    /// <summary>IMAP and POP3 have names of their own for implicit TLS.</summary>
    public static StoreService Of(StoreProtocol protocol, ListenerTlsMode tls) => (protocol, tls) switch
    {
        (StoreProtocol.Imap, ListenerTlsMode.Implicit) => StoreService.Imaps,
        (StoreProtocol.Imap, _) => StoreService.Imap,
        (StoreProtocol.Pop3, ListenerTlsMode.Implicit) => StoreService.Pop3s,
        (StoreProtocol.Pop3, _) => StoreService.Pop3,
        (StoreProtocol.Http, _) => StoreService.Http,
        _ => StoreService.Lmtp,
    };
}
