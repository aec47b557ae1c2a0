using System.Diagnostics.CodeAnalysis;

namespace MailProxy.Directory.Sql;

/// <summary>Judges a query as far as that is possible without a server.</summary>
internal static class SqlQueryParser
{
    /// <summary>Bounds what is parsed at every start; the longest of the examples has 700 characters.</summary>
    public const int MaxCharacters = 16 * 1024;

    /// <param name="kind">What the query is for.</param>
    /// <param name="text">As the operator wrote it.</param>
    /// <param name="query">The query when true is returned.</param>
    /// <param name="error">Otherwise what is wrong and what to do.</param>
    public static bool TryParse(SqlQueryKind kind, string text, [NotNullWhen(true)] out SqlQuery? query, [NotNullWhen(false)] out string? error)
    {
        query = null;
        error = null;
        if (text.Length > MaxCharacters)
        {
            error = $"is longer than {MaxCharacters} characters; make it a function or a view of the database";
            return false;
        }

        List<SqlPiece> pieces = SqlScanner.Scan(text);
        string[] allowed = Allowed(kind);
        foreach (SqlPiece piece in pieces.Where(piece => piece.IsParameter))
        {
            if (piece.Parameter is not { } parameter || !allowed.Contains(SqlQuery.NameOf(parameter)))
            {
                error = $"@{piece.Text} is no parameter of it; there are: {string.Join(", ", allowed)}";
                return false;
            }
        }

        SqlParameter[] needed = kind == SqlQueryKind.Domain ? [SqlParameter.Domain] : [SqlParameter.User, SqlParameter.Local];
        var parsed = new SqlQuery($"{kind}Query", pieces);
        if (!parsed.Parameters.Any(needed.Contains))
        {
            error = kind == SqlQueryKind.Domain ? "does not use @domain: it would say the same of every domain" : "uses neither @user nor @local: it would find the same for everybody";
            return false;
        }

        query = parsed;
        return true;
    }

    private static string[] Allowed(SqlQueryKind kind) => kind switch
    {
        SqlQueryKind.User => ["@user", "@local", "@domain", "@protocol", "@client", "@password"],
        SqlQueryKind.Address => ["@user", "@local", "@domain"],
        _ => ["@domain"],
    };
}
