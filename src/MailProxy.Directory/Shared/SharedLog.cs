using Microsoft.Extensions.Logging;

namespace MailProxy.Directory.Shared;

/// <summary>What the link to the server logs: one line at each turn.</summary>
internal static partial class SharedLog
{
    [LoggerMessage(1, LogLevel.Warning, "Shared counts: {Servers} cannot be used ({Reason}); this node counts guesses and sessions by itself until that is over")]
    public static partial void Down(ILogger logger, string servers, string reason);

    [LoggerMessage(2, LogLevel.Information, "Shared counts: {Servers} can be used; guesses and sessions of all nodes count together")]
    public static partial void Up(ILogger logger, string servers);

    [LoggerMessage(3, LogLevel.Error, "Shared counts: looking after {Servers} failed")]
    public static partial void Broke(ILogger logger, Exception exception, string servers);
}
