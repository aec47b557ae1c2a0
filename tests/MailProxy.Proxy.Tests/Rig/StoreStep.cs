namespace MailProxy.Proxy.Tests.Rig;

/// <summary>Where a store is in its talk with the proxy.</summary>
public enum StoreStep
{
    /// <summary>Accepted, and nothing said.</summary>
    Connect,

    /// <summary>STARTTLS was answered: the handshake.</summary>
    Tls,

    /// <summary>Behind LHLO.</summary>
    Hello,

    /// <summary>Behind MAIL.</summary>
    Mail,

    /// <summary>Behind RCPT.</summary>
    Recipient,

    /// <summary>Behind DATA or the first BDAT.</summary>
    Data,

    /// <summary>When a part of the message has come.</summary>
    MidData,

    /// <summary>When the whole message has come.</summary>
    AfterDot,

    /// <summary>Behind QUIT.</summary>
    Quit,
}
