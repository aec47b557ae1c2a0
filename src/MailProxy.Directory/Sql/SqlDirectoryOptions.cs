using Npgsql;

namespace MailProxy.Directory.Sql;

/// <summary>A database with users. Section <c>Directory:Sql</c>, for the providers <c>postgresql</c> and <c>sqlite</c>.</summary>
public sealed class SqlDirectoryOptions
{
    /// <summary>
    /// PostgreSQL: as Npgsql reads it. Several hosts (<c>Host=db1,db2</c>) are asked in that order. Keep the password out of it: <see cref="PasswordFile"/>,
    /// or <c>${NAME}</c> for an environment variable.
    /// </summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>PostgreSQL: a file whose first line is the role's password. Read whenever a connection is opened, so that it can be changed.</summary>
    public string PasswordFile { get; set; } = "";

    /// <summary>SQLite: the database file. It is opened for reading only, and opened again when it is replaced.</summary>
    public string Path { get; set; } = "";

    /// <summary>Names without a domain belong to it. Empty: nobody has such a name.</summary>
    public string DefaultDomain { get; set; } = "";

    /// <summary>
    /// Connections (with SQLite: threads). A query takes well under a millisecond, so that eight answer thousands of logins per second; PostgreSQL comes
    /// with room for 100 connections, which a dozen proxies share.
    /// </summary>
    public int Connections { get; set; } = 8;

    /// <summary>From the question to its answer, waiting for a connection included. Clients wait for 30 s and more; this leaves room for a second host.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Questions in line for a connection, about a kilobyte each; who comes then hears "temporarily unavailable". As for passwords to be compared.</summary>
    public int Waiting { get; set; } = 4096;

    /// <summary>PostgreSQL: keep queries prepared on each connection. Turn it off behind a pgbouncer older than 1.21 that pools transactions.</summary>
    public bool Prepare { get; set; } = true;

    /// <summary>Who logs in by this name. Empty: the query for the default schema.</summary>
    public string UserQuery { get; set; } = "";

    /// <summary>Whose mail an address's is. Empty: the query for the default schema.</summary>
    public string AddressQuery { get; set; } = "";

    /// <summary>Whether a domain is ours. Empty: the query for the default schema.</summary>
    public string DomainQuery { get; set; } = "";

    /// <summary>Everything that is wrong here. Asks no server.</summary>
    internal IEnumerable<string> Validate(string path, bool isSqlite) =>
        (isSqlite ? ValidateFile(path) : ValidateConnection(path)).Concat(ValidateBounds(path)).Concat(ValidateQueries(path, isSqlite));

    /// <summary>The query, or the default one.</summary>
    internal string TextOf(SqlQueryKind kind, bool isSqlite)
    {
        string text = kind switch
        {
            SqlQueryKind.User => UserQuery,
            SqlQueryKind.Address => AddressQuery,
            _ => DomainQuery,
        };
        return string.IsNullOrWhiteSpace(text) ? SqlSchema.Query(kind, isSqlite) : text;
    }

    private IEnumerable<string> ValidateFile(string path)
    {
        if (string.IsNullOrWhiteSpace(Path))
        {
            yield return $"{path}:{nameof(Path)}: names no file; make one with 'sqlite3 users.db < config/sql/sqlite.sql'.";
        }
        else if (!System.IO.File.Exists(Path))
        {
            yield return $"{path}:{nameof(Path)}: there is no file '{Path}'; make one with 'sqlite3 {Path} < config/sql/sqlite.sql'.";
        }

        if (ConnectionString.Length > 0)
        {
            yield return $"{path}:{nameof(ConnectionString)}: is for postgresql; sqlite takes {nameof(Path)}.";
        }
    }

    private IEnumerable<string> ValidateConnection(string path)
    {
        if (string.IsNullOrWhiteSpace(ConnectionString))
        {
            yield return $"{path}:{nameof(ConnectionString)}: is empty; write for example Host=db.example.org;Database=mail;Username=mailproxy;SSL Mode=VerifyFull.";
        }
        else if (FindProblem() is { } problem)
        {
            yield return $"{path}:{nameof(ConnectionString)}: {problem}";
        }

        if (PasswordFile.Length > 0 && PostgresPassword.FindProblem(PasswordFile) is { } unreadable)
        {
            yield return $"{path}:{nameof(PasswordFile)}: {unreadable}";
        }

        if (Path.Length > 0)
        {
            yield return $"{path}:{nameof(Path)}: is for sqlite; postgresql takes {nameof(ConnectionString)}.";
        }
    }

    private string? FindProblem()
    {
        try
        {
            var parsed = new NpgsqlConnectionStringBuilder(ConnectionString);
            return string.IsNullOrEmpty(parsed.Host) ? "names no Host." : null;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidCastException or KeyNotFoundException or OverflowException)
        {
            // The library's own message may repeat a piece of a password that holds a semicolon.
            return "is not one that Npgsql reads: a key it does not know, or a value of the wrong form. Values with ; or = stand in double quotes.";
        }
    }

    private IEnumerable<string> ValidateBounds(string path)
    {
        if (Connections is < 1 or > 1000)
        {
            yield return $"{path}:{nameof(Connections)}: is {Connections}; between 1 and 1000 are possible.";
        }

        if (Waiting is < 0 or > 1_000_000)
        {
            yield return $"{path}:{nameof(Waiting)}: is {Waiting}; between 0 and 1,000,000 are possible.";
        }

        if (Timeout < TimeSpan.FromMilliseconds(100) || Timeout > TimeSpan.FromMinutes(1))
        {
            yield return $"{path}:{nameof(Timeout)}: is {Timeout}; between 0.1 s and 1 min (00:01:00) are possible.";
        }

        if (DefaultDomain.Length > 0 && File.AddressName.ParseDomain(DefaultDomain) is null)
        {
            yield return $"{path}:{nameof(DefaultDomain)}: '{DefaultDomain}' is no domain.";
        }
    }

    private IEnumerable<string> ValidateQueries(string path, bool isSqlite)
    {
        foreach (SqlQueryKind kind in Enum.GetValues<SqlQueryKind>())
        {
            if (!SqlQueryParser.TryParse(kind, TextOf(kind, isSqlite), out _, out string? error))
            {
                yield return $"{path}:{kind}Query: {error}.";
            }
        }
    }
}
