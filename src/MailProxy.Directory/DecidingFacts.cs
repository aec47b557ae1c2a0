namespace MailProxy.Directory;

/// <summary>What a provider's verdict may depend on besides the credentials, the protocol and whether the client came by TLS.</summary>
[Flags]
public enum DecidingFacts
{
    /// <summary>Nothing else.</summary>
    None = 0,

    /// <summary>The client's address, without its port.</summary>
    ClientAddress = 1,

    /// <summary>The listener.</summary>
    Listener = 2,

    /// <summary>The host name of the client's TLS.</summary>
    ServerName = 4,

    /// <summary>The address the client connected to.</summary>
    LocalAddress = 8,

    /// <summary>How often this connection tried before.</summary>
    Attempt = 16,

    /// <summary>Version and cipher suite of the client's TLS, and its certificate.</summary>
    Tls = 32,

    /// <summary>All of them.</summary>
    All = ClientAddress | Listener | ServerName | LocalAddress | Attempt | Tls,
}
