using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace MailProxy.Routing.Tests;

/// <summary>Keeps what was logged.</summary>
internal sealed class RecordingLogger : ILogger, ILoggerFactory
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> lines = new();

    public IReadOnlyList<string> Warnings => [.. lines.Where(l => l.Level == LogLevel.Warning).Select(l => l.Text)];

    private event Action? Logged;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lines.Enqueue((logLevel, formatter(state, exception)));
        Logged?.Invoke();
    }

    public Task WaitForWarningAsync(string part) => WaitForAsync(() => Warnings.Any(w => w.Contains(part, StringComparison.Ordinal)));

    public Task WaitForInformationAsync(string part) =>
        WaitForAsync(() => lines.Any(l => l.Level == LogLevel.Information && l.Text.Contains(part, StringComparison.Ordinal)));

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }

    private async Task WaitForAsync(Func<bool> wanted)
    {
        var met = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look()
        {
            if (wanted())
            {
                met.TrySetResult();
            }
        }

        Logged += Look;
        Look();
        await met.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Logged -= Look;
    }
}
