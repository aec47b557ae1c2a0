namespace MailProxy.Logging;

/// <summary>How log events are written.</summary>
public enum LogFormat
{
    /// <summary>One readable line per event.</summary>
    Console,

    /// <summary>One JSON object per line (Serilog's compact format).</summary>
    Json,
}
