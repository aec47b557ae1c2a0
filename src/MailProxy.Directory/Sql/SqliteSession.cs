using System.Diagnostics.CodeAnalysis;
using MailProxy.Directory.File;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace MailProxy.Directory.Sql;

/// <summary>One thread's connection to the file, opened when it is needed and again when the file is another. For one thread.</summary>
internal sealed class SqliteSession(string path, string name, TimeSpan timeout) : IDisposable
{
    /// <summary>Virtual machine instructions between two looks at whether somebody still waits: some tens of microseconds.</summary>
    private const int InstructionsBetweenLooks = 10_000;

    private readonly Dictionary<SqlQuery, SqliteCommand> _commands = [];
    private SqliteConnection? _connection;
    private FileStamp? _stamp;
    private SqliteJob? _current;

    /// <summary>Runs it. Never throws.</summary>
    public SqlAnswer Answer(SqliteJob job)
    {
        _current = job;
        try
        {
            FollowFile();
            SqliteCommand command = CommandFor(job.Query);
            for (int index = 0; index < job.Query.Parameters.Count; index++)
            {
                command.Parameters[index].Value = (object?)job.Arguments[job.Query.Parameters[index]] ?? DBNull.Value;
            }

            using SqliteDataReader reader = command.ExecuteReader();
            return SqlReading.Read(reader, job.Query, name);
        }
        catch (Exception exception)
        {
            // Whatever it was (the file replaced by nonsense, or torn away): the next question begins anew.
            Close();
            return SqlAnswer.Of(SqliteFault.Of(exception, job.Query, path));
        }
        finally
        {
            _current = null;
        }
    }

    public void Dispose() => Close();

    /// <summary>
    /// A file that was renamed over the old one is another, and SQLite goes on reading the old. Its stamp is looked at, by name: to open it a second time
    /// and close it would drop this process's locks (POSIX).
    /// </summary>
    private void FollowFile()
    {
        var info = new FileInfo(path);
        FileStamp? stamp = info.Exists ? new FileStamp(info.LastWriteTimeUtc, info.Length) : null;
        if (_connection is not null && stamp != _stamp)
        {
            Close();
        }

        _stamp = stamp;
        _connection ??= Open();
    }

    private SqliteConnection Open()
    {
        var settings = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
            DefaultTimeout = Math.Max(1, (int)Math.Ceiling(timeout.TotalSeconds)),
        };
        var connection = new SqliteConnection(settings.ConnectionString);
        try
        {
            connection.Open();
            _ = raw.sqlite3_busy_timeout(connection.Handle, (int)timeout.TotalMilliseconds);
            raw.sqlite3_progress_handler(connection.Handle, InstructionsBetweenLooks, _ => _current?.IsAbandoned == true ? 1 : 0, null);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // The text is the operator's, from the configuration; what users write are parameters.
    [SuppressMessage("Security", "CA2100:Review SQL queries for security vulnerabilities", Justification = "The query is configuration; see SqlQuery.")]
    private SqliteCommand CommandFor(SqlQuery query)
    {
        if (_commands.TryGetValue(query, out SqliteCommand? known))
        {
            return known;
        }

        SqliteCommand command = _connection!.CreateCommand();
        command.CommandText = query.Named;
        foreach (SqlParameter parameter in query.Parameters)
        {
            command.Parameters.Add(new SqliteParameter(SqlQuery.NameOf(parameter), SqliteType.Text));
        }

        command.Prepare();
        _commands.Add(query, command);
        return command;
    }

    private void Close()
    {
        foreach (SqliteCommand command in _commands.Values)
        {
            command.Dispose();
        }

        _commands.Clear();
        _connection?.Dispose();
        _connection = null;
    }
}
