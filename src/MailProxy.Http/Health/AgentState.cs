namespace MailProxy.Http.Health;

/// <summary>What HAProxy is told to do with this node.</summary>
public enum AgentState
{
    /// <summary>Send it connections.</summary>
    Ready,

    /// <summary>Send it no new ones.</summary>
    Drain,

    /// <summary>Take it out.</summary>
    Maintenance,

    /// <summary>It cannot serve now.</summary>
    Down,
}
