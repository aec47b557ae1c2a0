namespace MailProxy.Protocols.ProxyHeader;

/// <summary>The client's TLS, which ended at the sender of the header (PP2_TYPE_SSL).</summary>
public sealed record ForwardedTls
{
    /// <summary>PP2_SUBTYPE_SSL_VERSION, e.g. <c>TLSv1.3</c>; empty when not given.</summary>
    public string Version { get; init; } = "";

    /// <summary>PP2_SUBTYPE_SSL_CIPHER, e.g. <c>TLS_AES_128_GCM_SHA256</c>; empty when not given.</summary>
    public string Cipher { get; init; } = "";

    /// <summary>PP2_SUBTYPE_SSL_CN of the client's certificate; empty when there was none.</summary>
    public string CommonName { get; init; } = "";

    /// <summary>True when the client presented a certificate (on this connection or in the session it resumed) and the sender verified it.</summary>
    public bool HasVerifiedCertificate { get; init; }
}
