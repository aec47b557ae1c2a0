namespace MailProxy.Proxy.Accept;

/// <summary>How clients of a listener come to TLS.</summary>
public enum ListenerTlsMode
{
    /// <summary>Never.</summary>
    None,

    /// <summary>By STARTTLS or STLS.</summary>
    StartTls,

    /// <summary>From the first octet.</summary>
    Implicit,
}
