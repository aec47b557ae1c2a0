namespace MailProxy.Transport.Tls;

/// <summary>How a handshake ended.</summary>
public enum TlsOutcome
{
    /// <summary>The connection is encrypted.</summary>
    Done,

    /// <summary>Clear bytes were waiting behind STARTTLS (or a store's reply to it): an injection, or a broken peer.</summary>
    BytesBehindUpgrade,

    /// <summary>The peers could not agree, or the peer sent something that is not TLS.</summary>
    HandshakeFailed,

    /// <summary>The peer's certificate was missing though required, or did not verify.</summary>
    CertificateRejected,

    /// <summary>The peer's ALPN offer holds none of ours.</summary>
    WrongApplicationProtocol,

    /// <summary>The deadline passed or the peer went away.</summary>
    Aborted,
}
