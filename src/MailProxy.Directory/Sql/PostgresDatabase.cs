using System.Data;
using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using Npgsql;
using NpgsqlTypes;

namespace MailProxy.Directory.Sql;

/// <summary>
/// PostgreSQL by Npgsql. A question is worked on away from the caller, who gets an answer in time even if the server does not notice that nobody waits
/// any more; the connection counts as used until it is really free.
/// </summary>
internal sealed class PostgresDatabase : ISqlDatabase
{
    private readonly NpgsqlDataSource _source;
    private readonly Admission _admission;
    private readonly CancellationTokenSource _stopping = new();
    private readonly bool _prepare;

    // After a server was gone the pool is full of connections to it. Whoever meets one empties the pool, but many may be doing the same at once and each
    // has taken some out already: one question may meet them all, then a new one, and one that goes while it is used. Each costs no time.
    private readonly int _attempts;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;

    /// <param name="options">Valid.</param>
    /// <param name="time">For the time-out.</param>
    public PostgresDatabase(SqlDirectoryOptions options, TimeProvider time)
    {
        _source = PostgresSource.Create(options);
        _admission = new Admission(options.Connections, options.Waiting);
        (_prepare, _attempts, _timeout, _time) = (options.Prepare, options.Connections + 2, options.Timeout, time);
        Name = $"PostgreSQL at {new NpgsqlConnectionStringBuilder(options.ConnectionString).Host}";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public async Task<SqlAnswer> AskAsync(SqlQuery query, SqlArguments arguments, CancellationToken cancellationToken)
    {
        // Away at once: opening a connection looks up names and reads files, and the caller may be a reactor.
        Task<SqlAnswer> work = Task.Run(() => WorkAsync(query, arguments, cancellationToken), CancellationToken.None);
        try
        {
            SqlAnswer answer = await work.WaitAsync(_timeout, _time, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            return answer;
        }
        catch (TimeoutException)
        {
            return SqlAnswer.Of(TimedOut(query));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _admission.DrainAsync();
        await _source.DisposeAsync();
        _admission.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Never throws: nobody may be left to hear it.</summary>
    private async Task<SqlAnswer> WorkAsync(SqlQuery query, SqlArguments arguments, CancellationToken cancellationToken)
    {
        try
        {
            using var deadline = new CancellationTokenSource(_timeout, _time);
            using var given = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _stopping.Token, cancellationToken);
            if (!await _admission.EnterAsync(given.Token))
            {
                return SqlAnswer.Of(new SqlFault($"{Name}: too many questions wait for a connection", IsOfQuestion: true));
            }

            try
            {
                return await AttemptAsync(query, arguments, given.Token);
            }
            finally
            {
                _admission.Leave();
            }
        }
        catch (Exception exception)
        {
            return SqlAnswer.Of(_stopping.IsCancellationRequested
                ? new SqlFault($"{Name}: stopped", IsOfQuestion: true)
                : exception is OperationCanceledException ? TimedOut(query) : PostgresFault.Of(exception, query, Name));
        }
    }

    private async Task<SqlAnswer> AttemptAsync(SqlQuery query, SqlArguments arguments, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            NpgsqlConnection? connection = null;
            try
            {
                connection = await _source.OpenConnectionAsync(cancellationToken);
                return await QueryAsync(connection, query, arguments, cancellationToken);
            }
            catch (NpgsqlException exception) when (attempt < _attempts && IsBroken(connection, exception) && !cancellationToken.IsCancellationRequested)
            {
                // Reading twice does no harm.
                _source.Clear();
            }
            finally
            {
                if (connection is not null)
                {
                    await connection.DisposeAsync();
                }
            }
        }
    }

    // The text is the operator's, from the configuration; what users write are parameters.
    [SuppressMessage("Security", "CA2100:Review SQL queries for security vulnerabilities", Justification = "The query is configuration; see SqlQuery.")]
    private async Task<SqlAnswer> QueryAsync(NpgsqlConnection connection, SqlQuery query, SqlArguments arguments, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(query.Positional, connection);
        foreach (SqlParameter parameter in query.Parameters)
        {
            // Of unknown type as a literal is: the server takes it for what the query compares it with (text, citext, inet ...).
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Unknown, Value = (object?)arguments[parameter] ?? DBNull.Value });
        }

        if (_prepare)
        {
            // Once for each connection, which keeps it. Apart from the execution: Npgsql's own way of preparing what it has seen twice loses its bearings when
            // the server refuses the execution (a right that was taken away), and breaks the connection.
            await command.PrepareAsync(cancellationToken);
        }

        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        return await SqlReading.ReadAsync(reader, query, Name, cancellationToken);
    }

    // A host that refuses the connection is not among these: Npgsql has tried the others already.
    private static bool IsBroken(NpgsqlConnection? connection, NpgsqlException exception) =>
        connection?.FullState.HasFlag(ConnectionState.Broken) == true
        || exception.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown
        || exception.InnerException is IOException
        || (connection is not null && exception.InnerException is SocketException);

    private SqlFault TimedOut(SqlQuery query) => new($"{Name}: no answer to {query.Name} within {_timeout.TotalSeconds:0.###} s");
}
