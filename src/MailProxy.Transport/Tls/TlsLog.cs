using Microsoft.Extensions.Logging;

namespace MailProxy.Transport.Tls;

/// <summary>The log events of certificates and ticket keys.</summary>
internal static partial class TlsLog
{
    [LoggerMessage(LogLevel.Information, "TLS files were read again: {Names}, good until {NotAfter:u}; sessions that live keep what they have")]
    public static partial void Reloaded(ILogger logger, string names, DateTime notAfter);

    [LoggerMessage(LogLevel.Information, "The keys in {Path} were read again")]
    public static partial void KeysReloaded(ILogger logger, string path);

    [LoggerMessage(LogLevel.Error, "TLS files were not taken, what was read before stays in use: {Reason} They are looked at again when they change, or on SIGHUP")]
    public static partial void Refused(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Warning, "The certificate in {Path} expired at {NotAfter:u}; it is served nevertheless")]
    public static partial void Expired(ILogger logger, string path, DateTime notAfter);

    [LoggerMessage(LogLevel.Error, "Reading TLS files again failed, what was read before stays in use")]
    public static partial void Broke(ILogger logger, Exception exception);
}
