namespace MailProxy.Configuration;

/// <summary>What a store node serves.</summary>
public enum StoreProtocol
{
    /// <summary>IMAP4rev1.</summary>
    Imap,

    /// <summary>POP3.</summary>
    Pop3,

    /// <summary>LMTP.</summary>
    Lmtp,

    /// <summary>The user's HTTP API.</summary>
    Http,
}
