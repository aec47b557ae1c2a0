namespace MailProxy.Proxy.Failures;

/// <summary>Why a session, a login or a recipient failed: the name says stage and side. One client text per protocol each: <see cref="FailureTable"/>.</summary>
public enum ProxyFailure
{
    /// <summary>Wrong password or no such user: the client cannot tell which.</summary>
    BadCredentials,

    /// <summary>The right password of a disabled account.</summary>
    UserDisabled,

    /// <summary>The right password, expired.</summary>
    CredentialsExpired,

    /// <summary>Credentials were offered in clear where that is not allowed.</summary>
    TlsRequired,

    /// <summary>Too many attempts in too short a time.</summary>
    Throttled,

    /// <summary>The user, or the store on the user's behalf, allows no further session.</summary>
    TooManySessions,

    /// <summary>The directory could not answer.</summary>
    DirectoryUnavailable,

    /// <summary>No rule of routing names a store that exists.</summary>
    NoRoute,

    /// <summary>The home store is down or refuses connections.</summary>
    StoreUnreachable,

    /// <summary>The store did not answer in time.</summary>
    StoreTimeout,

    /// <summary>No TLS with the store, though it is required.</summary>
    StoreTlsFailed,

    /// <summary>The store said something no store should say here.</summary>
    StoreProtocolError,

    /// <summary>The store said "not now".</summary>
    StoreTemporaryFailure,

    /// <summary>The store refused a login that the directory had allowed: our configuration's fault, not the user's.</summary>
    StoreRefusedLogin,

    /// <summary>The store says that the user lives elsewhere, and it cannot be followed there.</summary>
    StoreReferred,

    /// <summary>The user stayed on hold longer than a login may wait.</summary>
    UserHeld,

    /// <summary>The recipient's domain is ours, the address is nobody's (relay only).</summary>
    NoSuchUser,

    /// <summary>The recipient's domain is none of ours and no smarthost is configured or allowed (relay only).</summary>
    RelayDenied,

    /// <summary>The address or message needs SMTPUTF8 and the store does not have it (relay only).</summary>
    StoreLacksUtf8,

    /// <summary>The message is BINARYMIME and the store does not take that (relay only).</summary>
    StoreLacksBinary,

    /// <summary>A submitter named a sender that is not theirs (RFC 6409 6.1).</summary>
    SenderNotOwned,

    /// <summary>A submitter has sent as much as allowed within an hour.</summary>
    SubmissionLimited,

    /// <summary>The client's budget of bad commands or failed logins is spent.</summary>
    TooManyErrors,

    /// <summary>A line or command over its limit.</summary>
    LineTooLong,

    /// <summary>No login within the time for it.</summary>
    PreLoginTimeout,

    /// <summary>A mail client or server that said nothing for too long in the middle of a relay session.</summary>
    ClientTimeout,

    /// <summary>This node is shutting down.</summary>
    Draining,

    /// <summary>The user lives at another store now: the session at the old one ends.</summary>
    UserMoved,

    /// <summary>An operator ended the session.</summary>
    EndedByOperator,

    /// <summary>Bytes behind STARTTLS, HTTP on a mail port, and the like: the session ends.</summary>
    ClientProtocolError,

    /// <summary>The TLS handshake with the client failed.</summary>
    ClientTlsFailed,

    /// <summary>The listener requires a PROXY header, and the peer is none of those that may send one.</summary>
    PeerNotTrusted,

    /// <summary>A trusted peer sent none, or not in time.</summary>
    ProxyHeaderMissing,

    /// <summary>Proxies pass the session round in a circle: its time to live is used up.</summary>
    ProxyLoop,

    /// <summary>The client said goodbye or went away before login: no fault of anyone.</summary>
    ClientLeft,
}
