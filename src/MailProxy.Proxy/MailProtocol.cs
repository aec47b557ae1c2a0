namespace MailProxy.Proxy;

/// <summary>What a listener speaks.</summary>
public enum MailProtocol
{
    /// <summary>IMAP4rev1/rev2.</summary>
    Imap,

    /// <summary>POP3.</summary>
    Pop3,

    /// <summary>SMTP message submission (RFC 6409).</summary>
    Submission,

    /// <summary>SMTP from other mail servers.</summary>
    Mx,

    /// <summary>LMTP from mail servers of our own (RFC 2033).</summary>
    Lmtp,

    /// <summary>ManageSieve (RFC 5804).</summary>
    Sieve,
}
