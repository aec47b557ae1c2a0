using MailProxy.Directory.File;
using MailProxy.Directory.Passwords;

namespace MailProxy.Directory.Sql;

/// <summary>What rows mean. Pure.</summary>
internal static class SqlAnswers
{
    /// <summary>Rows of one user that are compared: more than anybody has application passwords, few enough to be compared within a second.</summary>
    public const int MaxPasswords = 50;

    /// <summary>Do the columns fit, whether or not there is a row? Null if they do.</summary>
    public static SqlFault? CheckColumns(SqlQuery query, SqlQueryKind kind, SqlRows rows)
    {
        bool has(string column) => rows.Columns.Contains(column);
        string? problem = kind switch
        {
            SqlQueryKind.Domain => null,
            _ when !has("name") => "returns no column name",
            SqlQueryKind.Address => null,
            _ when query.JudgesPassword && !has("verdict") => "uses @password but returns no column verdict",
            _ when !query.JudgesPassword && has("verdict") => "returns a column verdict but does not use @password",
            _ when has("verdict") && has("password") => "returns both verdict and password; one of them decides",
            _ when !has("verdict") && !has("password") => "returns neither a column password nor a column verdict",
            _ when rows.Columns.Distinct().Count() < rows.Columns.Count => "returns two columns of one name",
            _ => null,
        };
        return problem is null ? null : new SqlFault($"{query.Name} {problem}");
    }

    /// <summary>The rows of a UserQuery, or a fault; no rows: nobody.</summary>
    public static (IReadOnlyList<SqlCandidate> Candidates, SqlFault? Fault) Candidates(SqlQuery query, SqlRows rows, string protocol)
    {
        if (CheckColumns(query, SqlQueryKind.User, rows) is { } fault)
        {
            return ([], fault);
        }

        if (rows.Values.Count > MaxPasswords)
        {
            return ([], new SqlFault($"{query.Name} returns more than {MaxPasswords} rows for one name", IsOfQuestion: true));
        }

        try
        {
            SqlCandidate[] candidates = [.. rows.Values.Select(values => Candidate(new SqlUserRow(rows, values), protocol))];
            return candidates.Select(candidate => candidate.User.Name).Distinct().Count() > 1
                ? ([], new SqlFault($"{query.Name} returns different users for one name", IsOfQuestion: true))
                : (candidates, null);
        }
        catch (SqlRowException exception)
        {
            return ([], new SqlFault($"{query.Name}: {exception.Message}", IsOfQuestion: true));
        }
    }

    /// <summary>The rows of an AddressQuery.</summary>
    public static (IReadOnlyList<DirectoryUser> Users, SqlFault? Fault) Users(SqlQuery query, SqlRows rows)
    {
        if (CheckColumns(query, SqlQueryKind.Address, rows) is { } fault)
        {
            return ([], fault);
        }

        try
        {
            return ([.. rows.Values.Select(values => new SqlUserRow(rows, values).User()).DistinctBy(user => user.Name)], null);
        }
        catch (SqlRowException exception)
        {
            return ([], new SqlFault($"{query.Name}: {exception.Message}", IsOfQuestion: true));
        }
    }

    /// <summary>The rows of a DomainQuery: a row says yes, unless it holds false, 0 or NULL (<c>SELECT EXISTS (...)</c>, <c>count(*)</c>).</summary>
    public static bool IsOurs(SqlRows rows) => rows.Values.Any(values => values.Length > 0 && values[0] switch
    {
        null => false,
        bool flag => flag,
        int number => number != 0,
        long number => number != 0,
        _ => true,
    });

    private static SqlCandidate Candidate(SqlUserRow row, string protocol)
    {
        PasswordHash? hash = null;
        string? problem = null;
        if (row.Password() is { } stored)
        {
            // What crypt(3) writes says itself what it is, and databases of other servers hold it bare.
            _ = PasswordParser.TryParse(stored.StartsWith('$') ? $"{{CRYPT}}{stored}" : stored, out hash, out problem);
        }

        IReadOnlyList<string>? protocols = row.Words("protocols");
        return new SqlCandidate(
            row.User(), hash, row.Flag("verdict"), row.Text("label") ?? "",
            protocols is null || protocols.Count == 0 || protocols.Contains(protocol, StringComparer.OrdinalIgnoreCase),
            row.Flag("disabled") ?? false, row.Flag("expired") ?? false,
            (row.Words("may_act_as") ?? []).Select(name => AddressName.Parse(name, null)?.ToString()).OfType<string>().ToHashSet(StringComparer.Ordinal),
            problem);
    }
}
