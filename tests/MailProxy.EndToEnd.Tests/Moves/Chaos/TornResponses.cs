namespace MailProxy.EndToEnd.Tests.Moves.Chaos;

/// <summary>
/// Judges connections that ended within a response, when all is known. That may be when the proxy was killed while the connection lived; when the store
/// that served it was; or when the proxy's log says that the goodbye found no boundary in time, which happens to clients that do not read.
/// </summary>
internal static class TornResponses
{
    /// <summary>Those for which there is no excuse.</summary>
    public static IEnumerable<TornResponse> Inexcusable(
        IEnumerable<TornResponse> torn, IReadOnlyCollection<ChaosEvent> kills, IReadOnlyList<ServingSpan> spans, Func<string, IEnumerable<string>> linesOf) =>
        torn.Where(one => !kills.Any(kill => kill.Text.EndsWith(one.Proxy, StringComparison.Ordinal) && IsWithin(kill.At, one))
            && !spans.Any(span => span.User == one.User && span.IsKilled && IsWithin(span.Until, one))
            && !linesOf(one.Proxy).Any(line => line.Contains(", cut.", StringComparison.Ordinal) && line.Contains($"user {one.User},", StringComparison.Ordinal)));

    // A kill is noted a moment before it is made, and a span ends with the moment when the process was seen dead.
    private static bool IsWithin(double at, TornResponse one) => at > one.Began - 1 && at < one.Ended + 1;
}
