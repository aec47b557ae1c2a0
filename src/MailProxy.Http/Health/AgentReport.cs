using System.Globalization;

namespace MailProxy.Http.Health;

/// <summary>An answer to HAProxy's agent-check.</summary>
/// <param name="State">What to do with this node.</param>
/// <param name="WeightPercent">Share of the configured weight, 0 to 100; only told when Ready.</param>
public readonly record struct AgentReport(AgentState State, int WeightPercent = 100)
{
    /// <summary>
    /// The line, without its LF (HAProxy Configuration Manual, "agent-check"). <c>up ready</c> also takes an earlier <c>drain</c>,
    /// <c>maint</c> or <c>down</c> back, which a bare weight would not.
    /// </summary>
    public string Line => State switch
    {
        AgentState.Ready => string.Create(CultureInfo.InvariantCulture, $"{Math.Clamp(WeightPercent, 0, 100)}% up ready"),
        AgentState.Drain => "drain",
        AgentState.Maintenance => "maint",
        _ => "down",
    };
}
