using System.Data.Common;

namespace MailProxy.Directory.Sql;

/// <summary>Takes a result out of a reader, bounded.</summary>
internal static class SqlReading
{
    public static async Task<SqlAnswer> ReadAsync(DbDataReader reader, SqlQuery query, string database, CancellationToken cancellationToken)
    {
        string[] columns = [.. Enumerable.Range(0, reader.FieldCount).Select(index => reader.GetName(index).ToLowerInvariant())];
        var values = new List<object?[]>();
        while (await reader.ReadAsync(cancellationToken))
        {
            if (values.Count == SqlRows.MaxRows)
            {
                return SqlAnswer.Of(new SqlFault($"{database}: {query.Name} returns more than {SqlRows.MaxRows} rows", IsOfQuestion: true));
            }

            var row = new object?[columns.Length];
            for (int index = 0; index < row.Length; index++)
            {
                if (TryGet(reader, index, out row[index]) is { } type)
                {
                    return SqlAnswer.Of(new SqlFault($"{database}: {query.Name}: column {columns[index]} is of type {type}, which cannot be read: cast it to text"));
                }
            }

            values.Add(row);
        }

        return new SqlAnswer(new SqlRows(columns, values), null);
    }

    /// <returns>The type if it cannot be read, else null.</returns>
    private static string? TryGet(DbDataReader reader, int index, out object? value)
    {
        value = null;
        try
        {
            value = reader.IsDBNull(index) ? null : reader.GetValue(index);
            return null;
        }
        catch (Exception exception) when (exception is InvalidCastException or NotSupportedException or OverflowException)
        {
            return reader.GetDataTypeName(index);
        }
    }
}
