using System.Diagnostics;

namespace MailProxy.EndToEnd.Tests.Moves.Chaos;

/// <summary>Seconds of the monotonic clock that all processes of this machine share: the one of the stores' lines about whom they serve.</summary>
internal static class ChaosClock
{
    /// <summary>Now.</summary>
    public static double Now => Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;
}
