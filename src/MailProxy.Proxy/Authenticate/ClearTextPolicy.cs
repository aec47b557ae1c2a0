namespace MailProxy.Proxy.Authenticate;

/// <summary>Who may send a password without TLS.</summary>
public enum ClearTextPolicy
{
    /// <summary>Nobody: the default.</summary>
    Never,

    /// <summary>Clients on this machine.</summary>
    Loopback,

    /// <summary>Everyone: only behind something that encrypts.</summary>
    Always,
}
