using System.Globalization;
using MailProxy.Configuration;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Serilog.Formatting.Compact;

namespace MailProxy.Logging;

/// <summary>Wires Serilog as the provider behind ILogger: the only place that knows it.</summary>
internal static class LoggingSetup
{
    private const string Template = "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:lj}{NewLine}{Exception}";

    /// <summary>A factory that writes to standard output. Disposing it flushes.</summary>
    /// <param name="options">Level and format.</param>
    /// <param name="showsEveryLogin">Sessions are told at Debug whatever the level is: for a cluster that somebody is watching.</param>
    public static ILoggerFactory Create(LogOptions options, bool showsEveryLogin = false)
    {
        var level = new LoggingLevelSwitch(options.Level);
        var configuration = new LoggerConfiguration()
            .MinimumLevel.ControlledBy(level)
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("System.Net.Http", LogEventLevel.Warning)
            .MinimumLevel.Override("Yarp", LogEventLevel.Warning)
            .Enrich.With(new ControlCharacterEscaper());
        if (showsEveryLogin && options.Level == LogEventLevel.Information)
        {
            configuration.MinimumLevel.Override("MailProxy.Proxy", LogEventLevel.Debug);
        }

        configuration = options.Format == LogFormat.Json
            ? configuration.WriteTo.Console(new RenderedCompactJsonFormatter())
            : configuration.WriteTo.Console(outputTemplate: Template, formatProvider: CultureInfo.InvariantCulture);
        return new LeveledLoggerFactory(new SerilogLoggerFactory(configuration.CreateLogger(), dispose: true), level);
    }
}
