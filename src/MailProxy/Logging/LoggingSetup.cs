using System.Globalization;
using MailProxy.Configuration;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Serilog.Formatting.Compact;

namespace MailProxy.Logging;

/// <summary>Wires Serilog as the provider behind ILogger: the only place that knows it.</summary>
internal static class LoggingSetup
{
    private const string Template = "{Timestamp:HH:mm:ss.fff} {Level:u3} {Node}{Message:lj}{NewLine}{Exception}";

    /// <summary>A factory that writes to standard output. Disposing it flushes.</summary>
    /// <param name="options">Level and format.</param>
    /// <param name="node">Put before each line; empty: nothing (a process with one node).</param>
    public static ILoggerFactory Create(LogOptions options, string node = "")
    {
        var configuration = new LoggerConfiguration()
            .MinimumLevel.Is(options.Level)
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("System.Net.Http", LogEventLevel.Warning)
            .MinimumLevel.Override("Yarp", LogEventLevel.Warning)
            .Enrich.With(new ControlCharacterEscaper())
            .Enrich.WithProperty("Node", node.Length == 0 ? "" : node + ": ");
        configuration = options.Format == LogFormat.Json
            ? configuration.WriteTo.Console(new RenderedCompactJsonFormatter())
            : configuration.WriteTo.Console(outputTemplate: Template, formatProvider: CultureInfo.InvariantCulture);
        return new SerilogLoggerFactory(configuration.CreateLogger(), dispose: true);
    }
}
