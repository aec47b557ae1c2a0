namespace MailProxy.Directory.Sql;

/// <summary>One question on its way to a SQLite thread.</summary>
internal sealed class SqliteJob(SqlQuery query, SqlArguments arguments)
{
    // The caller goes on elsewhere: the thread has the next question to answer.
    private readonly TaskCompletionSource<SqlAnswer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isAbandoned;

    public SqlQuery Query => query;

    public SqlArguments Arguments => arguments;

    public Task<SqlAnswer> Answer => _answer.Task;

    /// <summary>Nobody waits for it any more: it is not begun, and if it was it is ended.</summary>
    public bool IsAbandoned => _isAbandoned;

    public void Abandon() => _isAbandoned = true;

    public void Complete(SqlAnswer answer) => _answer.TrySetResult(answer);
}
