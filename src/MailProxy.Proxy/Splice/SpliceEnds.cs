using MailProxy.Transport.Splice;

namespace MailProxy.Proxy.Splice;

/// <summary>The ends of a splice by name, made once: every session's log line says one.</summary>
internal static class SpliceEnds
{
    private static readonly string[] Names = Enum.GetNames<SpliceEnd>();

    /// <summary>As in log lines.</summary>
    public static string NameOf(SpliceEnd end) => Names[(int)end];
}
