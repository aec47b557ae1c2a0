using MailProxy.Proxy.Failures;
using MailProxy.Routing.Decisions;
using Microsoft.Extensions.Logging;

namespace MailProxy.Proxy.Sessions;

/// <summary>The log events of sessions: one line per session at Information, failures at the level of their row.</summary>
internal static partial class SessionLog
{
    /// <summary>The one line of a session. Sessions that never logged in and met no fault (health checks, scanners) go to Debug.</summary>
    public static void Ended(ILogger logger, SessionContext session)
    {
        var row = session.Failure is { } failure ? FailureTable.Of(failure) : null;
        var level = session.User is not null || session.Messages > 0 ? LogLevel.Information : row?.Level ?? LogLevel.Debug;

        // Most of the line is text that has to be made: not for a level that nobody reads.
        if (!logger.IsEnabled(level))
        {
            return;
        }

        Ended(
            logger,
            level,
            session.Id,
            session.Listener.Name,
            session.Client?.ToString() ?? "-",
            session.User ?? "-",
            session.Route?.StoreId ?? "-",
            session.Route is { } route ? route.Detail : "-",
            session.TlsText,
            session.Phase,
            session.EndedBy,
            session.BytesIn,
            session.BytesOut,
            session.Messages,
            session.Elapsed.TotalSeconds,
            Phases(session),
            row is null ? "-" : $"{row.Metric}: {session.FailureDetail}");
    }

    /// <summary>A login was routed: which rule said so. The session's one line says it again at its end, so this is for those who watch.</summary>
    [LoggerMessage(2, LogLevel.Debug, "{Protocol} login {Session}: {User} from {Client} goes to {Store} because of {Why}")]
    public static partial void LoggedIn(ILogger logger, string protocol, string session, string user, string client, string store, string why);

    /// <summary>A login failed: which phase, which failure.</summary>
    [LoggerMessage(EventId = 3, Message = "{Protocol} login {Session} from {Client} failed while {Phase}: {Failure} (user {User}, {Detail})")]
    public static partial void LoginFailed(
        ILogger logger, LogLevel level, string protocol, string session, string client, SessionPhase phase, ProxyFailure failure, string user, string detail);

    /// <summary>A bug or an I/O fault nobody foresaw.</summary>
    [LoggerMessage(4, LogLevel.Error, "{Protocol} session {Session} broke while {Phase}")]
    public static partial void Broke(ILogger logger, Exception exception, string protocol, string session, SessionPhase phase);

    /// <summary>A message went through the relay.</summary>
    [LoggerMessage(5, LogLevel.Information, "{Protocol} message {Message} in {Session}: from <{Sender}>, {Recipients}, {Size} octets, answered {Answer}")]
    public static partial void Relayed(ILogger logger, string protocol, string message, string session, string sender, string recipients, long size, string answer);

    /// <summary>A recipient could not be served for a reason that is ours or a store's.</summary>
    [LoggerMessage(EventId = 6, Message = "{Protocol} recipient <{Recipient}> in {Session}: {Failure} ({Detail})")]
    public static partial void RecipientFailed(ILogger logger, LogLevel level, string protocol, string recipient, string session, ProxyFailure failure, string detail);

    /// <summary>A login was right, and the user had no session free.</summary>
    [LoggerMessage(7, LogLevel.Information, "{Protocol} login {Session} from {Client} refused: {Detail}")]
    public static partial void Capped(ILogger logger, string protocol, string session, string client, string detail);

    /// <summary>A proxy in front of us named its client.</summary>
    [LoggerMessage(14, LogLevel.Debug, "{Protocol} session {Session}: {Peer} speaks for {Client}, its session {PeerSession}, TTL {Ttl}")]
    public static partial void SpokenFor(ILogger logger, string protocol, string session, string peer, string client, string peerSession, int ttl);

    [LoggerMessage(
        EventId = 1,
        Message = "{Protocol} session {Session} ended while {Phase}: {EndedBy}. client {Client}, user {User}, store {Store} ({Why}), TLS {Tls}, {BytesIn} octets in, {BytesOut} out, {Messages} messages, {Seconds:0.000} s ({Phases}), last failure {Failure}")]
    private static partial void Ended(
        ILogger logger,
        LogLevel level,
        string session,
        string protocol,
        string client,
        string user,
        string store,
        string why,
        string tls,
        SessionPhase phase,
        string endedBy,
        long bytesIn,
        long bytesOut,
        int messages,
        double seconds,
        string phases,
        string failure);

    // "Connecting 3 ms, StoreLogin 8 ms": only phases that took a millisecond.
    private static string Phases(SessionContext session) => string.Join(
        ", ",
        SessionPhases.All
            .Select(phase => (phase, time: session.TimeIn(phase)))
            .Where(entry => entry.time.TotalMilliseconds >= 1)
            .Select(entry => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{entry.phase} {entry.time.TotalMilliseconds:0} ms")));
}
