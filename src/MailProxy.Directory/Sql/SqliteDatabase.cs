using System.Collections.Concurrent;

namespace MailProxy.Directory.Sql;

/// <summary>
/// SQLite by Microsoft.Data.Sqlite, whose asynchronous methods are synchronous: so it has threads of its own, each with its own connection, and a
/// bounded line before them.
/// </summary>
internal sealed class SqliteDatabase : ISqlDatabase
{
    private readonly BlockingCollection<SqliteJob> _line;
    private readonly Thread[] _threads;
    private readonly string _path;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private bool _isStarted;

    /// <param name="options">Valid.</param>
    /// <param name="time">For the time-out.</param>
    public SqliteDatabase(SqlDirectoryOptions options, TimeProvider time)
    {
        (_path, _timeout, _time) = (Path.GetFullPath(options.Path), options.Timeout, time);

        // Those that are being worked on are not in the line.
        _line = new BlockingCollection<SqliteJob>(Math.Max(1, options.Waiting));
        _threads = [.. Enumerable.Range(0, options.Connections).Select(number => new Thread(Work) { IsBackground = true, Name = $"sqlite {number}" })];
    }

    /// <inheritdoc/>
    public string Name => $"SQLite '{_path}'";

    /// <inheritdoc/>
    public async Task<SqlAnswer> AskAsync(SqlQuery query, SqlArguments arguments, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Start();
        var job = new SqliteJob(query, arguments);
        if (!TryAdd(job))
        {
            return SqlAnswer.Of(new SqlFault($"{Name}: too many questions wait for a thread", IsOfQuestion: true));
        }

        try
        {
            return await job.Answer.WaitAsync(_timeout, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return SqlAnswer.Of(new SqlFault($"{Name}: no answer to {query.Name} within {_timeout.TotalSeconds:0.###} s (is it locked by a writer?)"));
        }
        finally
        {
            job.Abandon();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _line.CompleteAdding();
        }

        if (_isStarted)
        {
            await Task.Run(() => Array.ForEach(_threads, thread => thread.Join()));
        }

        _line.Dispose();
    }

    private bool TryAdd(SqliteJob job)
    {
        try
        {
            return _line.TryAdd(job);
        }
        catch (InvalidOperationException)
        {
            // Stopped (ObjectDisposedException is one of these too).
            return false;
        }
    }

    private void Start()
    {
        if (Volatile.Read(ref _isStarted))
        {
            return;
        }

        lock (_gate)
        {
            if (!_isStarted && !_line.IsAddingCompleted)
            {
                Array.ForEach(_threads, thread => thread.Start());
                Volatile.Write(ref _isStarted, true);
            }
        }
    }

    private void Work()
    {
        using var session = new SqliteSession(_path, Name, _timeout);
        foreach (SqliteJob job in _line.GetConsumingEnumerable())
        {
            if (!job.IsAbandoned)
            {
                job.Complete(session.Answer(job));
            }
        }
    }
}
