using System.Reflection;

namespace MailProxy.Nodes;

/// <summary>What this program calls itself.</summary>
internal static class ProgramVersion
{
    /// <summary>As the build wrote it.</summary>
    public static string Text { get; } = typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
