using Microsoft.Extensions.Logging;
using Serilog.Core;
using Serilog.Events;

namespace MailProxy.Logging;

/// <summary>A factory whose least level can be changed while it logs.</summary>
internal sealed class LeveledLoggerFactory(ILoggerFactory inner, LoggingLevelSwitch level) : ILoggerFactory
{
    /// <summary>Least level that is written, but for libraries, which have their own.</summary>
    public LogEventLevel Level
    {
        get => level.MinimumLevel;
        set => level.MinimumLevel = value;
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => inner.CreateLogger(categoryName);

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();
}
