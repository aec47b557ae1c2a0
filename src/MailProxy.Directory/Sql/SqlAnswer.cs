namespace MailProxy.Directory.Sql;

/// <summary>Rows, or why there are none: one of the two is null.</summary>
internal sealed record SqlAnswer(SqlRows? Rows, SqlFault? Fault)
{
    public static SqlAnswer Of(SqlFault fault) => new(null, fault);
}
