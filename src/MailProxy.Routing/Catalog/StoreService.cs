namespace MailProxy.Routing.Catalog;

/// <summary>What a store can be dialled for. The meta keys of the Consul service carry these names in lower case (<c>imap</c>, <c>pop3</c> ...).</summary>
public enum StoreService
{
    /// <summary>IMAP in clear or with STARTTLS.</summary>
    Imap,

    /// <summary>IMAP with implicit TLS.</summary>
    Imaps,

    /// <summary>POP3.</summary>
    Pop3,

    /// <summary>POP3 with implicit TLS.</summary>
    Pop3s,

    /// <summary>LMTP.</summary>
    Lmtp,

    /// <summary>Message submission.</summary>
    Submission,

    /// <summary>ManageSieve.</summary>
    Sieve,

    /// <summary>HTTP (https when the store's TLS mode is not None).</summary>
    Http,
}
