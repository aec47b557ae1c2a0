using System.Net.Sockets;
using Npgsql;

namespace MailProxy.Directory.Sql;

/// <summary>What Npgsql throws, in words for an operator.</summary>
internal static class PostgresFault
{
    // Of an exception and those within it; one that wraps others says little itself.
    private const int CausesTold = 3;

    public static SqlFault Of(Exception exception, SqlQuery query, string database) => Causes(exception).OfType<PostgresException>().FirstOrDefault() is { } refused
        ? Refused(refused, query, database)
        : new SqlFault($"{database}: {Describe(exception)}");

    private static SqlFault Refused(PostgresException refused, SqlQuery query, string database)
    {
        // Data and RAISE: a matter of this one row, and the server's text may repeat a value, so of a password too.
        bool isOfQuestion = refused.SqlState[..2] is "21" or "22" or "P0";
        string text = isOfQuestion || query.JudgesPassword ? "" : $": {refused.MessageText}";
        return new SqlFault($"{database}: {Advice(refused.SqlState, query)} (SQLSTATE {refused.SqlState}{text})", isOfQuestion);
    }

    private static string Advice(string state, SqlQuery query) => state switch
    {
        PostgresErrorCodes.InvalidPassword => "refuses the role's password",
        PostgresErrorCodes.InvalidAuthorizationSpecification => "refuses the role (pg_hba.conf? a role that may not log in?)",
        PostgresErrorCodes.InvalidCatalogName => "has no such database",
        PostgresErrorCodes.TooManyConnections => "has no connection left: lower Connections or raise max_connections",
        PostgresErrorCodes.CannotConnectNow => "is starting or stopping",
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown => "is shutting down",
        PostgresErrorCodes.InsufficientPrivilege => $"{query.Name}: the role may not read this; GRANT it",
        PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName => $"{query.Name}: a table is missing; has config/sql/postgresql.sql been applied to this database?",
        PostgresErrorCodes.UndefinedColumn => $"{query.Name}: a column is missing",
        PostgresErrorCodes.UndefinedFunction or PostgresErrorCodes.DatatypeMismatch or PostgresErrorCodes.AmbiguousFunction => $"{query.Name}: a function or an operator does not fit the types it is given",
        PostgresErrorCodes.SyntaxError => $"{query.Name}: a syntax error",
        PostgresErrorCodes.QueryCanceled => $"{query.Name}: cancelled by the server (statement_timeout?)",
        PostgresErrorCodes.InvalidSqlStatementName or PostgresErrorCodes.DuplicatePreparedStatement => "lost a prepared statement; behind pgbouncer set Prepare to false",
        _ => $"{query.Name} failed",
    };

    private static string Describe(Exception exception)
    {
        IEnumerable<string> texts = Causes(exception)
            .Where(cause => cause is not AggregateException)
            .Select(cause => cause is SocketException ? cause.Message : cause.Message.TrimEnd('.'))
            .Distinct();
        return string.Join(": ", texts.Take(CausesTold));
    }

    private static IEnumerable<Exception> Causes(Exception exception)
    {
        IEnumerable<Exception> inner = exception is AggregateException several ? several.InnerExceptions : exception.InnerException is { } one ? [one] : [];
        return inner.SelectMany(Causes).Prepend(exception);
    }
}
