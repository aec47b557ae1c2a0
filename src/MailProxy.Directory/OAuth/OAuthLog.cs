using Microsoft.Extensions.Logging;

namespace MailProxy.Directory.OAuth;

/// <summary>What the OAuth provider logs. Never a token, never a secret.</summary>
internal static partial class OAuthLog
{
    [LoggerMessage(1, LogLevel.Warning, "Keys of {Issuer} could not be fetched, next try in {Seconds:0.0} s: {Problem}")]
    public static partial void NoKeys(ILogger logger, string issuer, double seconds, string problem);

    [LoggerMessage(2, LogLevel.Information, "Keys of {Issuer}: {Count}")]
    public static partial void Keys(ILogger logger, string issuer, int count);

    [LoggerMessage(3, LogLevel.Warning, "Introspection by {Url} is left alone for {Seconds:0.0} s: {Problem}")]
    public static partial void PutAside(ILogger logger, string url, double seconds, string problem);

    [LoggerMessage(4, LogLevel.Information, "Introspection by {Url} answers again")]
    public static partial void Back(ILogger logger, string url);
}
