using Microsoft.Extensions.Logging;

namespace MailProxy.Store.Lmtp;

/// <summary>Events of the LMTP server. Addresses are judged text without control characters.</summary>
internal static partial class LmtpLog
{
    [LoggerMessage(1, LogLevel.Information, "LMTP from {Client} for {Origin}: <{Sender}> to {Recipients}, {Octets} octets: {Code} {Text}")]
    public static partial void Answered(
        ILogger logger, string client, string origin, string sender, string recipients, long octets, int code, string text);

    [LoggerMessage(2, LogLevel.Debug, "LMTP connection from {Client} for {Origin} ended by {End}: {Messages} messages, {Seconds:0.0} s")]
    public static partial void Ended(ILogger logger, string client, string origin, string end, int messages, double seconds);

    [LoggerMessage(3, LogLevel.Warning, "LMTP from {Client} refused: no certificate of a trusted client")]
    public static partial void NotTrusted(ILogger logger, string client);

    [LoggerMessage(4, LogLevel.Error, "LMTP: the store failed while {Doing} for {Recipients}")]
    public static partial void StoreFailed(ILogger logger, Exception exception, string doing, string recipients);

    [LoggerMessage(6, LogLevel.Information, "LMTP: not delivered to {Recipient} any more: {Code} {Text}")]
    public static partial void Excluded(ILogger logger, string recipient, int code, string text);

    [LoggerMessage(7, LogLevel.Information, "LMTP: {Recipient} took this message before and has it: <{Sender}>, {Octets} octets, for {Origin}; it is acknowledged and not stored again")]
    public static partial void Repeated(ILogger logger, string recipient, string sender, long octets, string origin);

    [LoggerMessage(5, LogLevel.Debug, "LMTP connection from {Client} ended within a message, which is dropped")]
    public static partial void Vanished(ILogger logger, string client);
}
