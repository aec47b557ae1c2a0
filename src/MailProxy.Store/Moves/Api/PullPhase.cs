using System.Text.Json.Serialization;

namespace MailProxy.Store.Moves.Api;

/// <summary>How far a pull is.</summary>
public enum PullPhase
{
    /// <summary>No pull of this move has been started since this store started. What was staged before is still there.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>Under way.</summary>
    [JsonStringEnumMemberName("running")]
    Running,

    /// <summary>Everything is staged, durably.</summary>
    [JsonStringEnumMemberName("done")]
    Done,

    /// <summary>Ended by a fault; what has arrived stays and is not fetched again.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}
