using MailProxy.Transport.Tls;

namespace MailProxy.Store.Lmtp;

/// <summary>Name, TLS and limits of the store's LMTP server.</summary>
public sealed record LmtpServerOptions
{
    /// <summary>In the greeting.</summary>
    public required string HostName { get; init; }

    /// <summary>For STARTTLS; null: it is not offered.</summary>
    public ServerTls? StartTls { get; init; }

    /// <summary>Largest message, octets (announced as SIZE, RFC 1870). 100 MiB: twice what the large providers take.</summary>
    public long MessageSizeLimit { get; init; } = 100L * 1024 * 1024;

    /// <summary>Most recipients of a message. RFC 5321 4.5.3.1.8: at least 100.</summary>
    public int RecipientLimit { get; init; } = 1_000;

    /// <summary>Longest silence between commands (RFC 5321 4.5.3.2.7: at least 5 minutes).</summary>
    public TimeSpan IdleLimit { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Longest silence within a message (RFC 5321 4.5.3.2.5: a data block may take 3 minutes).</summary>
    public TimeSpan DataIdleLimit { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>How long a client may take to make room for replies.</summary>
    public TimeSpan WriteLimit { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Longest TLS handshake: a few round trips of the slowest link.</summary>
    public TimeSpan HandshakeLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Refused commands in a row before the session ends. Proxies make none; a broken one shall not spin.</summary>
    public int JunkLimit { get; init; } = 20;
}
