using MailProxy.Directory.Sql;
using MailProxy.Testing;
using Microsoft.Extensions.Logging;

namespace MailProxy.Directory.Tests.Sql;

/// <summary>Keeps what the provider logs.</summary>
internal sealed class SqlRecordingLogger : ILogger<SqlUserDirectory>
{
    private readonly RecordingLogger _inner = new();

    public IReadOnlyList<string> At(LogLevel level) => [.. _inner.Entries.Where(entry => entry.Level == level).Select(entry => entry.Text)];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _inner.Log(logLevel, eventId, state, exception, formatter);
}
