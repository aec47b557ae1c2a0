namespace MailProxy.Configuration;

/// <summary>What carries connections.</summary>
public enum TransportKind
{
    /// <summary>Linux where it runs, portable elsewhere.</summary>
    Auto,

    /// <summary>epoll, splice(2) and OpenSSL 3.</summary>
    Linux,

    /// <summary>.NET's sockets and SslStream.</summary>
    Portable,
}
