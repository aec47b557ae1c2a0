using Microsoft.Extensions.Logging;

namespace MailProxy.Proxy.Milter;

/// <summary>Events of milters; the ids go on from those of sessions.</summary>
internal static partial class MilterLog
{
    /// <summary>It did not let something pass.</summary>
    [LoggerMessage(9, LogLevel.Information, "{Protocol} session {Session}: milter {Milter} on {Step}: {Verdict}")]
    public static partial void Judged(ILogger logger, string protocol, string session, string milter, string step, string verdict);

    /// <summary>It could not be asked.</summary>
    [LoggerMessage(10, LogLevel.Warning, "{Protocol} session {Session}: milter {Milter} at {Address} failed on {Step}: {Problem}; the message {Consequence}")]
    public static partial void Failed(ILogger logger, string protocol, string session, string milter, string address, string step, string problem, string consequence);

    /// <summary>It changed a message.</summary>
    [LoggerMessage(11, LogLevel.Debug, "{Protocol} session {Session}: milter {Milter} made {Changes} changes, new body {HasBody}")]
    public static partial void Changed(ILogger logger, string protocol, string session, string milter, int changes, bool hasBody);

    /// <summary>A recipient that it added cannot be delivered to.</summary>
    [LoggerMessage(12, LogLevel.Warning, "{Protocol} session {Session}: recipient <{Recipient}>, added by a milter, is left out: {Answer}")]
    public static partial void NotAdded(ILogger logger, string protocol, string session, string recipient, string answer);

    /// <summary>The message cannot be kept while it is judged.</summary>
    [LoggerMessage(13, LogLevel.Error, "{Protocol} session {Session}: the message could not be spooled for its milters: {Problem}. Make room, or set Milter:SpoolPath to another folder")]
    public static partial void NotSpooled(ILogger logger, string protocol, string session, string problem);
}
