using Microsoft.Extensions.Logging;

namespace MailProxy.Store.Pop3;

/// <summary>Events of the POP3 server. User names and details are judged text without control characters.</summary>
internal static partial class Pop3Log
{
    [LoggerMessage(1, LogLevel.Information, "POP3 {User} at {Client} for {Origin}: {Login}; {Retrieved} retrieved, {Deleted} deleted, {Sent} octets, {Seconds:0.0} s, ended by {End}")]
    public static partial void Ended(
        ILogger logger, string user, string client, string origin, string login, int retrieved, int deleted, long sent, double seconds, string end);

    [LoggerMessage(2, LogLevel.Debug, "POP3 connection from {Client} for {Origin} ended before log-in: {End}")]
    public static partial void EndedBeforeLogin(ILogger logger, string client, string origin, string end);

    [LoggerMessage(3, LogLevel.Warning, "POP3 log-in from {Client} refused: {Detail}")]
    public static partial void Refused(ILogger logger, string client, string detail);

    [LoggerMessage(4, LogLevel.Error, "POP3 of {User}: the store failed while {Doing}")]
    public static partial void StoreFailed(ILogger logger, Exception exception, string user, string doing);

    [LoggerMessage(5, LogLevel.Debug, "POP3 connection from {Client} speaks for {Origin}")]
    public static partial void Identified(ILogger logger, string client, string origin);
}
