using Microsoft.Extensions.Logging;

namespace MailProxy.Directory.Sql;

/// <summary>What the SQL providers log: the two turns of their health, not every login in between.</summary>
internal static partial class SqlDirectoryLog
{
    [LoggerMessage(1, LogLevel.Information, "Directory: {Database} answers")]
    public static partial void Answers(ILogger logger, string database);

    [LoggerMessage(2, LogLevel.Error, "Directory: {Fault}; logins get a temporary failure, it is tried again until it answers")]
    public static partial void Failed(ILogger logger, string fault);

    // The session that asked logs it too, with its address; whoever can provoke it must not fill the log.
    [LoggerMessage(3, LogLevel.Debug, "Directory: {Fault}")]
    public static partial void QuestionFailed(ILogger logger, string fault);
}
