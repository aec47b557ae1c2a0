using System.Collections;
using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using MailProxy.Directory.File;

namespace MailProxy.Directory.Sql;

/// <summary>Reads one row by its column names. What does not fit is an <see cref="SqlRowException"/>, which stays within this folder.</summary>
internal readonly struct SqlUserRow(SqlRows rows, object?[] values)
{
    private static readonly char[] Separators = [',', ';', ' ', '\t', '\r', '\n'];

    // Everything else is an attribute.
    private static readonly FrozenSet<string> Known =
        FrozenSet.Create(StringComparer.Ordinal, "name", "password", "verdict", "home", "disabled", "expired", "may_act_as", "label");

    /// <summary>The user of the row.</summary>
    public DirectoryUser User()
    {
        string name = Text("name") ?? throw new SqlRowException("column name is NULL");
        string canonical = AddressName.Parse(name, null)?.ToString() ?? throw new SqlRowException("column name holds no user@domain");
        return new DirectoryUser(canonical, Text("home") is { Length: > 0 } home ? home : null, Attributes());
    }

    /// <summary>As text; null for NULL and for a column that is not there.</summary>
    public string? Text(string column) => Value(column) is { } value ? Write(value) : null;

    /// <summary>A column that has to be text: a password that comes as octets or as a number was stored wrongly.</summary>
    public string? Password() => Value("password") switch
    {
        null => null,
        string text => text,
        var other => throw new SqlRowException($"column password is of type {other.GetType().Name}; it has to be text"),
    };

    /// <summary>True or false in one of the ways databases say it; NULL and no column are null.</summary>
    public bool? Flag(string column) => Value(column) switch
    {
        null => null,
        bool flag => flag,
        sbyte or byte or short or int or long or decimal => Convert.ToDecimal(Value(column), CultureInfo.InvariantCulture) != 0,
        string text => text.Trim().ToUpperInvariant() switch
        {
            "TRUE" or "T" or "YES" or "Y" or "ON" or "1" => true,
            "FALSE" or "F" or "NO" or "N" or "OFF" or "0" or "" => false,
            _ => throw new SqlRowException($"column {column} is neither true nor false"),
        },
        var other => throw new SqlRowException($"column {column} is of type {other.GetType().Name}; it has to be boolean"),
    };

    /// <summary>Words of an array, or of a text divided by commas or blanks; null for NULL and for a column that is not there.</summary>
    public IReadOnlyList<string>? Words(string column) => Value(column) switch
    {
        null => null,
        string text => text.Split(Separators, StringSplitOptions.RemoveEmptyEntries),
        IEnumerable list and not byte[] => [.. list.Cast<object?>().Where(one => one is not null).Select(one => Write(one!))],
        var other => throw new SqlRowException($"column {column} is of type {other.GetType().Name}; it has to be text or an array of text"),
    };

    private static string Write(object value) => value switch
    {
        string text => text,
        bool flag => flag ? "true" : "false",
        DateTime time => time.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture),
        IPNetwork network => network.ToString(),
        byte[] octets => Convert.ToHexStringLower(octets),
        IEnumerable list => string.Join(',', list.Cast<object?>().Where(one => one is not null).Select(one => Write(one!))),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private object? Value(string column)
    {
        for (int index = 0; index < rows.Columns.Count; index++)
        {
            if (rows.Columns[index] == column)
            {
                return values[index];
            }
        }

        return null;
    }

    private FrozenDictionary<string, string> Attributes()
    {
        Dictionary<string, string>? attributes = null;
        for (int index = 0; index < rows.Columns.Count; index++)
        {
            if (!Known.Contains(rows.Columns[index]) && values[index] is { } value)
            {
                (attributes ??= [])[rows.Columns[index]] = Write(value);
            }
        }

        return attributes?.ToFrozenDictionary() ?? FrozenDictionary<string, string>.Empty;
    }
}
