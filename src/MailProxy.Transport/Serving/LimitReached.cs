namespace MailProxy.Transport.Serving;

/// <summary>Which bound a refused connection met.</summary>
public enum LimitReached
{
    /// <summary>None: it is served.</summary>
    None,

    /// <summary>Those of one listener.</summary>
    Listener,

    /// <summary>Those of all listeners together.</summary>
    Total,

    /// <summary>Those of one client network: an IPv4 address or an IPv6 /64.</summary>
    Network,
}
