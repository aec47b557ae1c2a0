namespace MailProxy.Directory.Sql;

/// <summary>The three, parsed.</summary>
internal sealed record SqlQueries(SqlQuery User, SqlQuery Address, SqlQuery Domain)
{
    /// <param name="options">Valid.</param>
    /// <param name="isSqlite">Which default queries.</param>
    public static SqlQueries Of(SqlDirectoryOptions options, bool isSqlite)
    {
        SqlQuery parse(SqlQueryKind kind) =>
            SqlQueryParser.TryParse(kind, options.TextOf(kind, isSqlite), out SqlQuery? query, out string? error) ? query : throw new ArgumentException(error, nameof(options));
        return new SqlQueries(parse(SqlQueryKind.User), parse(SqlQueryKind.Address), parse(SqlQueryKind.Domain));
    }
}
