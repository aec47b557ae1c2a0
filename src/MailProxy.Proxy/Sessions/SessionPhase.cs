namespace MailProxy.Proxy.Sessions;

/// <summary>The phases of a session, in order. Their names stand in every log line: "ended while Connecting".</summary>
public enum SessionPhase
{
    /// <summary>Just accepted.</summary>
    Accepting,

    /// <summary>TLS handshake with the client.</summary>
    Encrypting,

    /// <summary>Greeting.</summary>
    Greeting,

    /// <summary>Reading and checking credentials.</summary>
    Authenticating,

    /// <summary>Finding the home store, waiting out a hold.</summary>
    Routing,

    /// <summary>Dialling the store, TLS included.</summary>
    Connecting,

    /// <summary>Logging in at the store.</summary>
    StoreLogin,

    /// <summary>Telling the client.</summary>
    Answering,

    /// <summary>Moving bytes.</summary>
    Splicing,

    /// <summary>Taking and handing on messages (MX, LMTP, submission by relay).</summary>
    Relaying,
}
