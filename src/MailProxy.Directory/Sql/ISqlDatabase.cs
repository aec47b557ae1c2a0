namespace MailProxy.Directory.Sql;

/// <summary>Something that answers queries. What goes wrong is a value; never blocks the thread that asks.</summary>
internal interface ISqlDatabase : IAsyncDisposable
{
    /// <summary>For people: <c>PostgreSQL at db1.example.org</c>.</summary>
    string Name { get; }

    /// <summary>Asks; answers or gives up within the configured time.</summary>
    /// <exception cref="OperationCanceledException">The caller's token was cancelled.</exception>
    Task<SqlAnswer> AskAsync(SqlQuery query, SqlArguments arguments, CancellationToken cancellationToken);
}
