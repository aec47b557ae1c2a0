namespace MailProxy.Proxy.Sessions;

/// <summary>Bounds of a session. Each number says where it comes from.</summary>
public sealed class LimitOptions
{
    /// <summary>From accept to login. RFC 9051 5.4 asks for 30 min after login only; Dovecot gives 3 min before it.</summary>
    public TimeSpan PreLogin { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>A TLS handshake with a client.</summary>
    public TimeSpan Handshake { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>From accept to the end of the PROXY header, where one is required (proxy-protocol.txt 2: at least 3 s, so that one lost packet can be repeated).</summary>
    public TimeSpan ProxyHeader { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Dialling one store, TLS included.</summary>
    public TimeSpan StoreConnect { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>From the connection to the store's greeting. A store that works greets at once; one that looks up our name first waits out one lost question (resolv.conf: 5 s).</summary>
    public TimeSpan StoreGreeting { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>From the store's greeting to its verdict. Stores delay failures by some seconds, so it is above that.</summary>
    public TimeSpan StoreLogin { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a login waits for a user on hold.</summary>
    public TimeSpan Hold { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>A spliced session in which nothing moves (RFC 9051 5.4: at least 30 min; clients re-issue IDLE every 29).</summary>
    public TimeSpan Idle { get; set; } = TimeSpan.FromMinutes(35);

    /// <summary>How long one direction may outlive the other.</summary>
    public TimeSpan HalfClose { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a spliced session that must end may take to where a goodbye can be said; then it is cut. A user who moves is not served by the old
    /// store for longer. The system's and supervisors' patience with a stopping process starts at 10 s.
    /// </summary>
    public TimeSpan Goodbye { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>RFC 5321 4.5.3.2: a server waits at least 5 min for the next command or piece of data.</summary>
    public TimeSpan RelayIdle { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// From the greeting, or from a message's verdict, to the next message: for whoever sends a command every few minutes and no mail. Senders that keep
    /// connections give them up after minutes (Postfix: 300 s), and 1,000 recipients at 3 s each fit.
    /// </summary>
    public TimeSpan RelayEnvelope { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long other mail servers wait for the greeting on MX listeners, to the second; who talks meanwhile hears none (RFC 5321 4.3.1). 0: not at all, which is
    /// the default: it holds every connection up, finds only the clumsiest senders, and whoever wants it knows how many connections wait then.
    /// </summary>
    public TimeSpan GreetingDelay { get; set; }

    /// <summary>
    /// From the final dot to the answer, milters and stores together. RFC 5321 4.5.3.2.6: senders wait 10 min; ours is below it, so that we answer before they give up.
    /// </summary>
    public TimeSpan RelayVerdict { get; set; } = TimeSpan.FromMinutes(9);

    /// <summary>One message from DATA to its end: 64 MiB take an hour at 18 kB/s, slower than any line mail is sent over.</summary>
    public TimeSpan RelayMessage { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long a store may hold a message up: by one piece of it, and in all beyond <see cref="RelayPace"/>. Then it loses its recipients, and the others go on.
    /// RFC 5321 4.5.3.2.5: senders give up when no data was taken for 3 min, and that would lose it for everybody.
    /// </summary>
    public TimeSpan RelayStall { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Octets per second that a store must take while others wait for it. At 64 KiB/s a message of 64 MiB takes 17 min, well within
    /// <see cref="RelayMessage"/>; a disk or a line slower than that is broken.
    /// </summary>
    public int RelayPace { get; set; } = 64 * 1024;

    /// <summary>Failed logins on one connection.</summary>
    public int LoginAttempts { get; set; } = 5;

    /// <summary>Bad or useless commands on one connection.</summary>
    public int JunkCommands { get; set; } = 20;

    /// <summary>Longest delay after a failed login; the real one is random between a quarter of it and all of it.</summary>
    public TimeSpan FailureDelay { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Connections in all.</summary>
    public int Connections { get; set; } = 100_000;

    /// <summary>Connections of one client address (/32 or /64).</summary>
    public int ConnectionsPerAddress { get; set; } = 1_000;

    /// <summary>
    /// Live sessions of one user, all protocols together; 0: no cap, which is the default: shared mailboxes and webmail have hundreds with good reason,
    /// whoever is cut off by a number nobody chose calls the help desk, and <see cref="ConnectionsPerAddress"/> holds already. Telephones and mail
    /// programs keep 5 to 10 each.
    /// </summary>
    public int SessionsPerUser { get; set; }

    /// <summary>Live sessions of one user from one client address (/32 or /64); 0: no cap. Dovecot's mail_max_userip_connections is 10 for each protocol.</summary>
    public int SessionsPerUserAndAddress { get; set; }

    /// <summary>Largest message, octets; announced as SIZE.</summary>
    public long MessageSize { get; set; } = 64L * 1024 * 1024;

    /// <summary>Recipients of one transaction (RFC 5321 4.5.3.1.8: at least 100).</summary>
    public int Recipients { get; set; } = 1_000;

    /// <summary>Every error, as <c>path: what to do</c>.</summary>
    public IEnumerable<string> Validate(string path)
    {
        foreach (var (name, value) in new[]
        {
            (nameof(PreLogin), PreLogin), (nameof(Handshake), Handshake), (nameof(ProxyHeader), ProxyHeader), (nameof(StoreConnect), StoreConnect), (nameof(StoreGreeting), StoreGreeting), (nameof(StoreLogin), StoreLogin),
            (nameof(Hold), Hold), (nameof(Idle), Idle), (nameof(HalfClose), HalfClose), (nameof(Goodbye), Goodbye), (nameof(RelayIdle), RelayIdle), (nameof(RelayEnvelope), RelayEnvelope), (nameof(RelayVerdict), RelayVerdict),
            (nameof(RelayMessage), RelayMessage), (nameof(RelayStall), RelayStall),
        })
        {
            if (value <= TimeSpan.Zero || value > TimeSpan.FromDays(1))
            {
                yield return $"{path}:{name}: give a time above zero and up to a day, like \"00:00:30\".";
            }
        }

        if (FailureDelay < TimeSpan.Zero || FailureDelay > TimeSpan.FromMinutes(1))
        {
            yield return $"{path}:{nameof(FailureDelay)}: give a time from 0 to one minute, like \"00:00:02\".";
        }

        if (GreetingDelay < TimeSpan.Zero || GreetingDelay > TimeSpan.FromMinutes(1))
        {
            yield return $"{path}:{nameof(GreetingDelay)}: give a time from 0 to one minute, like \"00:00:05\"; senders wait 5 minutes at most.";
        }

        foreach (var (name, value) in new[]
        {
            (nameof(LoginAttempts), LoginAttempts), (nameof(JunkCommands), JunkCommands), (nameof(Connections), Connections),
            (nameof(ConnectionsPerAddress), ConnectionsPerAddress), (nameof(Recipients), Recipients),
        })
        {
            if (value < 1)
            {
                yield return $"{path}:{name}: give a number of at least 1.";
            }
        }

        foreach (var (name, value) in new[] { (nameof(SessionsPerUser), SessionsPerUser), (nameof(SessionsPerUserAndAddress), SessionsPerUserAndAddress) })
        {
            if (value is < 0 or > 1_000_000)
            {
                yield return $"{path}:{name}: give a number up to 1000000, or 0 for no cap.";
            }
        }

        if (RelayPace < 1)
        {
            yield return $"{path}:{nameof(RelayPace)}: give at least 1 octet per second, like 65536.";
        }

        if (MessageSize < 1024)
        {
            yield return $"{path}:{nameof(MessageSize)}: give at least 1024 octets.";
        }
    }
}
