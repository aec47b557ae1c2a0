using System.Globalization;
using MailProxy.Store.Engine;
using Microsoft.Extensions.Logging;

namespace MailProxy.Store.Serving;

/// <summary>
/// Tells the log, at Debug, from when to when a user was served, by the clock that all processes of a machine share: whoever collects these lines of
/// all stores can see that no two of them ever served one user. An end is told before a move that waits for it goes on.
/// </summary>
internal static class ServedInterval
{
    private static long _lastVisit;

    /// <summary>A session begins, after the gate let it in; its end is told when the visit ends.</summary>
    public static void Follow(UserVisit visit, string protocol, ILogger logger, TimeProvider time)
    {
        if (!logger.IsEnabled(LogLevel.Debug))
        {
            return;
        }

        var number = Interlocked.Increment(ref _lastVisit);
        ServingLog.Begins(logger, visit.User, protocol, number, Clock(time));
        visit.OnEnd(() => ServingLog.Ends(logger, visit.User, protocol, number, Clock(time)));
    }

    /// <summary>Seconds of the monotonic clock, to the microsecond.</summary>
    public static string Clock(TimeProvider time) =>
        (time.GetTimestamp() / (double)time.TimestampFrequency).ToString("F6", CultureInfo.InvariantCulture);
}
