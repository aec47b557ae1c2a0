namespace MailProxy.Directory.Sql;

/// <summary>Values for a query's parameters. A class and not a record: the password is not printed.</summary>
internal sealed class SqlArguments(string user, string local, string domain, string? protocol = null, string? client = null, string? password = null)
{
    /// <summary>Whom the provider asks about to find out whether it can ask: RFC 2606 keeps the domain free of real ones.</summary>
    public static SqlArguments Probe { get; } = new("probe@mailproxy.invalid", "probe", "mailproxy.invalid");

    /// <summary>Null is SQL's NULL.</summary>
    public string? this[SqlParameter parameter] => parameter switch
    {
        SqlParameter.User => user,
        SqlParameter.Local => local,
        SqlParameter.Domain => domain,
        SqlParameter.Protocol => protocol,
        SqlParameter.Client => client,
        _ => password,
    };
}
