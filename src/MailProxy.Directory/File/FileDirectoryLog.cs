using Microsoft.Extensions.Logging;

namespace MailProxy.Directory.File;

/// <summary>What the file provider logs.</summary>
internal static partial class FileDirectoryLog
{
    [LoggerMessage(1, LogLevel.Information, "Users' file {Path} loaded: {Users} users, {Aliases} aliases, {Domains} domains")]
    public static partial void Loaded(ILogger logger, string path, int users, int aliases, int domains);

    [LoggerMessage(2, LogLevel.Error, "Users' file {Path} refused, {Consequence}: {Errors} ({Count} errors)")]
    public static partial void Refused(ILogger logger, string path, string consequence, string errors, int count);

    [LoggerMessage(3, LogLevel.Warning, "Users' file {Path} cannot be watched, it is only looked at every {Seconds} s: {Reason}")]
    public static partial void NotWatched(ILogger logger, string path, double seconds, string reason);

    [LoggerMessage(4, LogLevel.Error, "Users' file {Path} could not be looked at")]
    public static partial void CheckFailed(ILogger logger, Exception exception, string path);
}
