namespace MailProxy.Directory.Sql;

/// <summary>The default schema (config/sql/) and the queries that fit it.</summary>
internal static class SqlSchema
{
    // One row for the user's own password and one for each application password.
    private const string UserQuery = """
        SELECT name, password, NULL AS label, NULL AS protocols, home, disabled, expired, may_act_as, quota
          FROM {0}users WHERE name = @user
        UNION ALL
        SELECT u.name, p.password, p.label, p.protocols, u.home, u.disabled, p.expired, u.may_act_as, u.quota
          FROM {0}users AS u JOIN {0}passwords AS p ON p.user_name = u.name WHERE u.name = @user
        """;

    // Aliases may name each other, 16 deep as in the file provider; UNION drops what was seen, so that a circle ends.
    private const string AddressQuery = """
        WITH RECURSIVE found (name, depth) AS (
          SELECT {1}@user{2}, 0
          UNION
          SELECT a.target, f.depth + 1 FROM found AS f JOIN {0}aliases AS a ON a.address = f.name WHERE f.depth < 16)
        SELECT u.name, u.home, u.quota FROM {0}users AS u WHERE u.name IN (SELECT name FROM found)
        """;

    private const string DomainQuery = "SELECT 1 FROM {0}domains WHERE name = @domain";

    /// <summary>The query for the schema as it is shipped.</summary>
    /// <param name="kind">Which.</param>
    /// <param name="isSqlite">SQLite knows no schemas within a database, and needs no types.</param>
    public static string Query(SqlQueryKind kind, bool isSqlite)
    {
        string text = kind switch
        {
            SqlQueryKind.User => UserQuery,
            SqlQueryKind.Address => AddressQuery,
            _ => DomainQuery,
        };
        return text.Replace("{0}", isSqlite ? "" : "mailproxy.", StringComparison.Ordinal)
            .Replace("{1}", isSqlite ? "" : "CAST(", StringComparison.Ordinal)
            .Replace("{2}", isSqlite ? "" : " AS text)", StringComparison.Ordinal);
    }

    /// <summary>The migration, the same text as in config/sql/.</summary>
    public static string Migration(bool isSqlite)
    {
        string name = isSqlite ? "sqlite.sql" : "postgresql.sql";
        using var reader = new StreamReader(typeof(SqlSchema).Assembly.GetManifestResourceStream($"MailProxy.Directory.Sql.{name}")!);
        return reader.ReadToEnd();
    }
}
