using System.Data.Common;

namespace MailProxy.Directory.Sql;

/// <summary>Takes a result out of a reader, bounded.</summary>
internal static class SqlReading
{
    public static async Task<SqlAnswer> ReadAsync(DbDataReader reader, SqlQuery query, string database, CancellationToken cancellationToken)
    {
        var (columns, values) = (ColumnsOf(reader), new List<object?[]>());
        while (await reader.ReadAsync(cancellationToken))
        {
            if (AddRow(reader, columns, values, query, database) is { } fault)
            {
                return SqlAnswer.Of(fault);
            }
        }

        return new SqlAnswer(new SqlRows(columns, values), null);
    }

    /// <summary>The same for a library whose asynchronous methods are synchronous, on a thread that may wait.</summary>
    public static SqlAnswer Read(DbDataReader reader, SqlQuery query, string database)
    {
        var (columns, values) = (ColumnsOf(reader), new List<object?[]>());
        while (reader.Read())
        {
            if (AddRow(reader, columns, values, query, database) is { } fault)
            {
                return SqlAnswer.Of(fault);
            }
        }

        return new SqlAnswer(new SqlRows(columns, values), null);
    }

    private static string[] ColumnsOf(DbDataReader reader) => [.. Enumerable.Range(0, reader.FieldCount).Select(index => reader.GetName(index).ToLowerInvariant())];

    private static SqlFault? AddRow(DbDataReader reader, string[] columns, List<object?[]> values, SqlQuery query, string database)
    {
        if (values.Count == SqlRows.MaxRows)
        {
            return new SqlFault($"{database}: {query.Name} returns more than {SqlRows.MaxRows} rows", IsOfQuestion: true);
        }

        var row = new object?[columns.Length];
        for (int index = 0; index < row.Length; index++)
        {
            if (TryGet(reader, index, out row[index]) is { } type)
            {
                return new SqlFault($"{database}: {query.Name}: column {columns[index]} is of type {type}, which cannot be read: cast it to text");
            }
        }

        values.Add(row);
        return null;
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
