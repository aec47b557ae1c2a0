using Microsoft.Extensions.Logging;

namespace MailProxy.Directory.HttpAuth;

/// <summary>What the HTTP provider logs.</summary>
internal static partial class HttpAuthLog
{
    [LoggerMessage(1, LogLevel.Warning, "Authentication service {Url} is left alone for {Seconds:0.0} s: {Problem}")]
    public static partial void PutAside(ILogger logger, string url, double seconds, string problem);

    [LoggerMessage(2, LogLevel.Information, "Authentication service {Url} answers again")]
    public static partial void Back(ILogger logger, string url);

    [LoggerMessage(3, LogLevel.Warning, "Authentication service {Url}: its answer about {User} cannot be used: {Problem}")]
    public static partial void Unusable(ILogger logger, string url, string user, string problem);
}
