using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using static MailProxy.Proxy.Failures.ProxyFailure;

namespace MailProxy.Proxy.Failures;

/// <summary>wire.md's failures, one row each. A test walks the enum, so a new member without a row does not pass.</summary>
internal static class FailureTable
{
    private const string Unavailable = "[UNAVAILABLE]";
    private const string SysTemp = "[SYS/TEMP]";
    private const string TryLater = "Temporary failure, please try again later.";

    private static readonly FrozenDictionary<ProxyFailure, FailureRow> Rows = new Dictionary<ProxyFailure, FailureRow>
    {
        [BadCredentials] = new("[AUTHENTICATIONFAILED]", "[AUTH]", "535 5.7.8", "550 5.7.1", "Authentication failed.", LogLevel.Debug, "bad_credentials"),
        [UserDisabled] = new("[CONTACTADMIN]", "[AUTH]", "525 5.7.13", "550 5.2.1", "This account is disabled.", LogLevel.Debug, "user_disabled"),
        [CredentialsExpired] = new("[EXPIRED]", "[AUTH]", "535 5.7.8", "550 5.7.1", "The password has expired.", LogLevel.Debug, "credentials_expired"),
        [TlsRequired] = new("[PRIVACYREQUIRED]", "[AUTH]", "530 5.7.0", "530 5.7.0", "Start TLS first.", LogLevel.Debug, "tls_required"),
        [Throttled] = new("[LIMIT]", "[IN-USE]", "421 4.7.0", "421 4.7.0", "Too many attempts, please wait.", LogLevel.Debug, "throttled"),
        [TooManySessions] = new("[LIMIT]", "[IN-USE]", "421 4.7.0", "421 4.7.0", "Too many sessions.", LogLevel.Debug, "too_many_sessions"),
        [DirectoryUnavailable] = Temporary("451 4.4.3", "directory_unavailable"),
        [NoRoute] = Temporary("451 4.4.4", "no_route"),
        [StoreUnreachable] = Temporary("451 4.4.1", "store_unreachable"),
        [StoreTimeout] = Temporary("451 4.4.2", "store_timeout"),
        [StoreTlsFailed] = Temporary("451 4.4.1", "store_tls_failed"),
        [StoreProtocolError] = Temporary("451 4.4.0", "store_protocol_error"),
        [StoreTemporaryFailure] = Temporary("451 4.4.0", "store_temporary_failure"),
        [StoreRefusedLogin] = Temporary("451 4.4.0", "store_refused_login", LogLevel.Error),
        [StoreReferred] = Temporary("451 4.4.6", "store_referred"),
        [UserHeld] = new(Unavailable, SysTemp, "450 4.2.1", "450 4.2.1", TryLater, LogLevel.Information, "user_held"),
        [NoSuchUser] = new("[AUTHENTICATIONFAILED]", "[AUTH]", "550 5.1.1", "550 5.1.1", "No such user here.", LogLevel.Debug, "no_such_user"),
        [RelayDenied] = new("[CANNOT]", "[AUTH]", "550 5.7.1", "550 5.7.1", "Relaying denied: this server delivers to its own domains only.", LogLevel.Debug, "relay_denied"),
        [StoreLacksUtf8] = new("[CANNOT]", "[SYS/PERM]", "550 5.6.7", "550 5.6.7", "The server that holds this mailbox takes no internationalized mail.", LogLevel.Debug, "store_lacks_utf8"),
        [StoreLacksBinary] = new("[CANNOT]", "[SYS/PERM]", "554 5.6.3", "554 5.6.3", "The server that holds this mailbox takes no binary content, and nothing is converted here.", LogLevel.Warning, "store_lacks_binary"),
        [SenderNotOwned] = new("[CANNOT]", "[AUTH]", "553 5.7.1", "553 5.7.1", "This sender address is not yours.", LogLevel.Information, "sender_not_owned"),
        [SubmissionLimited] = new("[LIMIT]", "[IN-USE]", "450 4.7.1", "450 4.7.1", "Too much mail in too short a time, please try again later.", LogLevel.Information, "submission_limited"),
        [TooManyErrors] = Ending("[LIMIT]", "[AUTH]", "421 4.7.0", "Too many errors, goodbye.", "too_many_errors"),
        [LineTooLong] = Ending("[LIMIT]", "[SYS/PERM]", "421 4.5.2", "Line too long, goodbye.", "line_too_long"),
        [PreLoginTimeout] = Ending(Unavailable, SysTemp, "421 4.4.2", "No login in time, goodbye.", "pre_login_timeout"),
        [ClientTimeout] = Ending(Unavailable, SysTemp, "421 4.4.2", "Nothing came for too long, goodbye.", "client_timeout"),
        [Draining] = Ending(Unavailable, SysTemp, "421 4.3.2", "This server is shutting down, please connect again.", "draining"),
        [UserMoved] = Ending(Unavailable, SysTemp, "421 4.3.2", "Your mailbox has moved, please connect again.", "user_moved"),
        [EndedByOperator] = Ending(Unavailable, SysTemp, "421 4.3.2", "An administrator has ended this session, please connect again.", "ended_by_operator"),
        [ClientProtocolError] = Ending("[CLIENTBUG]", "[SYS/PERM]", "421 4.5.0", "Protocol error, goodbye.", "client_protocol_error"),
        [ClientTlsFailed] = Ending("[CLIENTBUG]", "[SYS/PERM]", "421 4.7.0", "TLS failed.", "client_tls_failed"),
        [PeerNotTrusted] = Ending("[CANNOT]", "[SYS/PERM]", "421 4.7.0", "This address may not connect here.", "peer_not_trusted", LogLevel.Warning),
        [ProxyHeaderMissing] = Ending("[CANNOT]", "[SYS/PERM]", "421 4.7.0", "A PROXY header comes first here.", "proxy_header_missing", LogLevel.Warning),
        [ProxyLoop] = Ending(Unavailable, SysTemp, "421 4.4.6", "This session goes round in circles between proxies.", "proxy_loop", LogLevel.Error),
        [ClientLeft] = Ending("", "", "221 2.0.0", "Bye.", "client_left"),
    }.ToFrozenDictionary();

    /// <summary>The row of a failure.</summary>
    public static FailureRow Of(ProxyFailure failure) => Rows[failure];

    private static FailureRow Temporary(string recipient, string metric, LogLevel level = LogLevel.Warning) =>
        new(Unavailable, SysTemp, "454 4.7.0", recipient, TryLater, level, metric);

    private static FailureRow Ending(string imap, string pop3, string smtp, string text, string metric, LogLevel level = LogLevel.Debug) =>
        new(imap, pop3, smtp, smtp, text, level, metric, EndsSession: true);
}
