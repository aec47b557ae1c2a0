namespace MailProxy.Configuration;

/// <summary>How a node lets go of its sessions when it stops, or is drained.</summary>
public sealed class DrainOptions
{
    // A drain that takes longer is a forgotten one.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>
    /// From "not ready" to closed listeners. Consul and balancers look every 2 s and believe the second look (HAProxy's <c>inter 2s fall 2</c>); a node whose
    /// readiness nobody can ask (no Http:Admin, no Http:AgentCheck) does not wait.
    /// </summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>From the beginning to the end of the last session, the grace included. Below the 30 s after which Kubernetes kills.</summary>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>
    /// Goodbyes a second that a stopping node says at least: a node with few sessions does not take all of <see cref="Deadline"/>. 500 logins a second
    /// are a few per cent of what the other nodes can do (docs/performance.md).
    /// </summary>
    public int LeastRate { get; set; } = 500;

    /// <summary>Every error, as <c>path: what to do</c>.</summary>
    public IEnumerable<string> Validate(string path)
    {
        if (Grace < TimeSpan.Zero || Grace > Longest)
        {
            yield return $"{path}:{nameof(Grace)}: give a time from 00:00:00 to a day.";
        }

        if (Deadline <= TimeSpan.Zero || Deadline > Longest)
        {
            yield return $"{path}:{nameof(Deadline)}: give a time above zero and up to a day.";
        }
        else if (Deadline < Grace)
        {
            yield return $"{path}:{nameof(Deadline)}: it counts from the beginning, so give at least {nameof(Grace)}, {Grace}.";
        }

        if (LeastRate is < 0 or > 1_000_000)
        {
            yield return $"{path}:{nameof(LeastRate)}: give goodbyes a second, 0 to 1000000.";
        }
    }
}
