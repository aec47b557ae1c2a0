using MailProxy.Routing.Catalog;

namespace MailProxy.Routing.Consul;

/// <summary>The metadata keys of the store service, written by stores and read by proxies.</summary>
internal static class StoreMeta
{
    public const string Login = "login";

    public const string Tls = "tls";

    public static string PortKey(StoreService service) => service switch
    {
        StoreService.Imap => "imap",
        StoreService.Imaps => "imaps",
        StoreService.Pop3 => "pop3",
        StoreService.Pop3s => "pop3s",
        StoreService.Lmtp => "lmtp",
        StoreService.Submission => "submission",
        StoreService.Sieve => "sieve",
        StoreService.Http => "http",
        _ => throw new ArgumentOutOfRangeException(nameof(service), service, "no such service"),
    };

    public static string TlsValue(StoreTlsMode mode) => mode switch
    {
        StoreTlsMode.None => "none",
        StoreTlsMode.StartTls => "starttls",
        StoreTlsMode.Implicit => "implicit",
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "no such mode"),
    };
}
