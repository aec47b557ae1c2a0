using Microsoft.Extensions.Logging;

namespace MailProxy.Store.Serving;

/// <summary>Who was served when: every login and delivery of every user, in whatever protocol, as the same two events.</summary>
internal static partial class ServingLog
{
    [LoggerMessage(1, LogLevel.Information, "Login of {User} by {Protocol} from {Client}: {Login}")]
    public static partial void LoggedIn(ILogger logger, string user, string protocol, string client, string login);

    [LoggerMessage(2, LogLevel.Information, "Delivery to {User} by {Client} for {Origin}")]
    public static partial void Delivered(ILogger logger, string user, string client, string origin);

    [LoggerMessage(3, LogLevel.Debug, "Serving {User} by {Protocol} begins, visit {Visit}, clock {Clock}")]
    public static partial void Begins(ILogger logger, string user, string protocol, long visit, string clock);

    [LoggerMessage(4, LogLevel.Debug, "Serving {User} by {Protocol} ends, visit {Visit}, clock {Clock}")]
    public static partial void Ends(ILogger logger, string user, string protocol, long visit, string clock);

    [LoggerMessage(5, LogLevel.Debug, "Serving {User} by lmtp, a delivery between clock {From} and clock {Until}")]
    public static partial void DeliveredWithin(ILogger logger, string user, string from, string until);
}
