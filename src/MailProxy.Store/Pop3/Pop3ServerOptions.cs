using MailProxy.Transport.Tls;

namespace MailProxy.Store.Pop3;

/// <summary>Name, TLS and limits of the store's POP3 server.</summary>
public sealed record Pop3ServerOptions
{
    /// <summary>In the greeting.</summary>
    public required string HostName { get; init; }

    /// <summary>For STLS; null: it is not offered.</summary>
    public ServerTls? StartTls { get; init; }

    /// <summary>Longest silence of a client. RFC 1939 3: at least 10 minutes after log-in.</summary>
    public TimeSpan IdleLimit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>From accept to log-in. Proxies log in at once; whoever else knocks shall not hold a connection for long.</summary>
    public TimeSpan LoginLimit { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a client may take to make room for a piece of output (RFC 5321 4.5.3.2.5 gives a data block 3 minutes).</summary>
    public TimeSpan WriteLimit { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Longest TLS handshake: a few round trips of the slowest link.</summary>
    public TimeSpan HandshakeLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Lines that are no commands, or not in this state, before the session ends. Clients probe for a few; ten more are a program that is lost.</summary>
    public int JunkLimit { get; init; } = 20;

    /// <summary>Failed log-ins before the session ends. A proxy that fails once has the wrong configuration.</summary>
    public int FailedLoginLimit { get; init; } = 3;
}
