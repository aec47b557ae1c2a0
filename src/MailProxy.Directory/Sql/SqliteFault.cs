using Microsoft.Data.Sqlite;

namespace MailProxy.Directory.Sql;

/// <summary>What Microsoft.Data.Sqlite throws, in words for an operator.</summary>
internal static class SqliteFault
{
    // SQLite's primary result codes (https://www.sqlite.org/rescode.html).
    private const int Error = 1;
    private const int Busy = 5;
    private const int Locked = 6;
    private const int Interrupt = 9;
    private const int Corrupt = 11;
    private const int CantOpen = 14;
    private const int NotADatabase = 26;

    public static SqlFault Of(Exception exception, SqlQuery query, string path)
    {
        if (exception is not SqliteException { SqliteErrorCode: var code })
        {
            return new SqlFault($"SQLite '{path}': {query.Name}: {(query.JudgesPassword ? exception.GetType().Name : exception.Message)}");
        }

        string what = code switch
        {
            Busy or Locked => "is locked by a writer (WAL mode would let readers pass: PRAGMA journal_mode = WAL)",
            Interrupt => $"{query.Name} took too long",
            Corrupt => "is damaged; restore it, and run PRAGMA integrity_check",
            CantOpen => System.IO.File.Exists(path) ? "cannot be opened (rights of the file and its folder?)" : "does not exist",
            NotADatabase => "is not a SQLite database",
            Error => $"{query.Name} does not fit the database; has config/sql/sqlite.sql been applied to it?",
            _ => $"{query.Name} failed",
        };

        // The library's text may repeat a value, and so a password.
        return new SqlFault($"SQLite '{path}': {what} (SQLite error {code}{(query.JudgesPassword ? "" : $": {exception.Message}")})");
    }
}
