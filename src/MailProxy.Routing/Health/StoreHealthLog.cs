using Microsoft.Extensions.Logging;

namespace MailProxy.Routing.Health;

/// <summary>The log events of stores' health.</summary>
internal static partial class StoreHealthLog
{
    /// <summary>A breaker opened.</summary>
    [LoggerMessage(20, LogLevel.Warning, "Store {Store}: {Service} at {Address} is taken for down after {Failures} failures in a row, the last one: {Reason}. It is probed every {Seconds:0.#} s; whoever has no other address there hears a temporary failure at once")]
    public static partial void Opened(ILogger logger, string store, string service, string address, int failures, string reason, double seconds);

    /// <summary>A breaker opened because logins were not answered.</summary>
    [LoggerMessage(25, LogLevel.Warning, "Store {Store}: {Service} at {Address} is taken for down: it greets, and left the logins of {Users} users without an answer, with nobody answered in between; the last one: {Reason}. Look at what it asks for a login (its directory, its disk). One login is tried every {Seconds:0.#} s; whoever has no other address there hears a temporary failure at once")]
    public static partial void Silent(ILogger logger, string store, string service, string address, int users, string reason, double seconds);

    /// <summary>A breaker closed.</summary>
    [LoggerMessage(21, LogLevel.Information, "Store {Store}: {Service} at {Address} serves again after {Seconds:0} s, its users come back paced")]
    public static partial void Closed(ILogger logger, string store, string service, string address, double seconds);

    /// <summary>The catalog does not name it any more.</summary>
    [LoggerMessage(22, LogLevel.Information, "Store {Store}: {Service} at {Address} is not in the catalog any more, and not probed")]
    public static partial void Dropped(ILogger logger, string store, string service, string address);

    /// <summary>A probe failed as before.</summary>
    [LoggerMessage(23, LogLevel.Debug, "Store {Store}: {Service} at {Address} is still down: {Reason}")]
    public static partial void StillDown(ILogger logger, string store, string service, string address, string reason);

    /// <summary>A probe broke: a bug.</summary>
    [LoggerMessage(24, LogLevel.Error, "Store {Store}: the probe of {Service} at {Address} broke")]
    public static partial void ProbeBroke(ILogger logger, Exception exception, string store, string service, string address);
}
