using System.Collections.Immutable;

namespace MailProxy.Proxy.Sessions;

/// <summary>The phases as a list, and their names, made once: every session ends by walking them.</summary>
internal static class SessionPhases
{
    private static readonly string[] Names = Enum.GetNames<SessionPhase>();

    /// <summary>In order.</summary>
    public static ImmutableArray<SessionPhase> All { get; } = [.. Enum.GetValues<SessionPhase>()];

    /// <summary>As in log lines.</summary>
    public static string NameOf(SessionPhase phase) => Names[(int)phase];
}
