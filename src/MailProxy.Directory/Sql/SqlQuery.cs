using System.Text;

namespace MailProxy.Directory.Sql;

/// <summary>
/// A query of the operator's, divided into text and parameters. What users write never becomes part of the text: it goes to the server as values.
/// </summary>
internal sealed class SqlQuery
{
    private readonly IReadOnlyList<SqlPiece> _pieces;

    /// <param name="name">The option it stands in.</param>
    /// <param name="pieces">In order.</param>
    public SqlQuery(string name, IReadOnlyList<SqlPiece> pieces)
    {
        Name = name;
        _pieces = pieces;
        Parameters = [.. pieces.Where(piece => piece.Parameter is not null).Select(piece => piece.Parameter!.Value).Distinct()];
        Positional = Write(parameter => $"${Parameters.IndexOf(parameter) + 1}");
        Named = Write(NameOf);
    }

    /// <summary>For messages: <c>UserQuery</c>.</summary>
    public string Name { get; }

    /// <summary>Each once, in the order of <see cref="Positional"/>'s numbers.</summary>
    public List<SqlParameter> Parameters { get; }

    /// <summary>With <c>$1</c>, <c>$2</c> ...: PostgreSQL's own form, which the client library passes on as it is.</summary>
    public string Positional { get; }

    /// <summary>With <c>@user</c> ...: SQLite's own form.</summary>
    public string Named { get; }

    /// <summary>The password goes to the server, which gives the verdict.</summary>
    public bool JudgesPassword => Parameters.Contains(SqlParameter.Password);

    /// <summary>As it stands in <see cref="Named"/>.</summary>
    public static string NameOf(SqlParameter parameter) => $"@{parameter.ToString().ToLowerInvariant()}";

    private string Write(Func<SqlParameter, string> parameter) =>
        _pieces.Aggregate(new StringBuilder(), (text, piece) => text.Append(piece.Parameter is { } one ? parameter(one) : piece.Text)).ToString();
}
