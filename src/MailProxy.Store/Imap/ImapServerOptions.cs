using MailProxy.Transport.Tls;

namespace MailProxy.Store.Imap;

/// <summary>What an <see cref="ImapServer"/> says of itself and what it allows.</summary>
public sealed class ImapServerOptions
{
    /// <summary>Said in the greeting.</summary>
    public string HostName { get; set; } = "localhost";

    /// <summary>For STARTTLS; null: it is not offered.</summary>
    public ServerTls? StartTls { get; set; }

    /// <summary>Most octets of a message that APPEND takes (Gmail and Exchange Online take 25 to 150 MB), told as APPENDLIMIT (RFC 7889).</summary>
    public long MessageLimit { get; set; } = 100L * 1024 * 1024;

    /// <summary>How long a client may take to log in altogether (Dovecot: 3 min; here proxies log in).</summary>
    public TimeSpan BeforeLoginLimit { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Silence that ends a session, IDLE included (RFC 9051 5.4: at least 30 min; clients renew IDLE every 29).</summary>
    public TimeSpan IdleLimit { get; set; } = TimeSpan.FromMinutes(35);

    /// <summary>How long a client may take to read what waits for it, or to send the next octets of a literal.</summary>
    public TimeSpan StallLimit { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Failed logins that end a connection.</summary>
    public int FailedLogins { get; set; } = 3;

    /// <summary>Commands before login, or BAD ones in a row after it, that end a connection.</summary>
    public int JunkCommands { get; set; } = 50;
}
