namespace MailProxy.Directory.Sql;

/// <summary>What a query returned, all of it.</summary>
/// <param name="Columns">Lower-case names, in order.</param>
/// <param name="Values">One array for each row; null is SQL's NULL.</param>
internal sealed record SqlRows(IReadOnlyList<string> Columns, IReadOnlyList<object?[]> Values)
{
    /// <summary>An alias stands for at most 1,000 users, as in the file provider.</summary>
    public const int MaxRows = 1000;
}
