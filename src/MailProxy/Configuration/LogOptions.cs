using MailProxy.Logging;
using Serilog.Events;

namespace MailProxy.Configuration;

/// <summary>What is logged, and how.</summary>
public sealed class LogOptions
{
    /// <summary><c>console</c> for people, <c>json</c> (one object per line) for collectors.</summary>
    public LogFormat Format { get; set; } = LogFormat.Console;

    /// <summary>Least level that is written.</summary>
    public LogEventLevel Level { get; set; } = LogEventLevel.Information;
}
