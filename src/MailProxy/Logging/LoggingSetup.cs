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
    private const string Template = "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:lj}{NewLine}{Exception}";

    /// <summary>A factory that writes to standard output. Disposing it flushes.</summary>
    /// <param name="options">Level and format.</param>
    /// <param name="showsEveryLogin">Sessions are told at Debug whatever the level is: for a cluster that somebody is watching.</param>
    public static ILoggerFactory Create(LogOptions options, bool showsEveryLogin = false)
    {
        var configuration = new LoggerConfiguration()
            .MinimumLevel.Is(options.Level)
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("System.Net.Http", LogEventLevel.Warning)
            .MinimumLevel.Override("Yarp", LogEventLevel.Warning)
            .MinimumLevel.Override("MailProxy.Proxy", showsEveryLogin && options.Level == LogEventLevel.Information ? LogEventLevel.Debug : options.Level)
            .Enrich.With(new ControlCharacterEscaper());
        configuration = options.Format == LogFormat.Json
            ? configuration.WriteTo.Console(new RenderedCompactJsonFormatter())
            : configuration.WriteTo.Console(outputTemplate: Template, formatProvider: CultureInfo.InvariantCulture);
        return new SerilogLoggerFactory(configuration.CreateLogger(), dispose: true);
    }
}
