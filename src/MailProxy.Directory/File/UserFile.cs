namespace MailProxy.Directory.File;

/// <summary>The users' file, judged: a table, or everything that is wrong with it.</summary>
/// <param name="Table">Null if there is any error.</param>
/// <param name="Errors">In the order of the file.</param>
internal sealed record UserFile(UserTable? Table, IReadOnlyList<FileError> Errors)
{
    /// <summary>Pure; may take seconds for a hundred thousand users.</summary>
    /// <param name="octets">The whole file.</param>
    /// <param name="defaultDomain">As configured; may be empty.</param>
    public static UserFile Parse(ReadOnlySpan<byte> octets, string defaultDomain)
    {
        var errors = new List<FileError>();
        LocatedValue? root = LocatedJson.Parse(octets, errors);
        UserTable? table = root is null ? null : new UserFileReader(errors, defaultDomain).Read(root);
        return errors.Count == 0 ? new UserFile(table, []) : new UserFile(null, [.. errors.OrderBy(error => error.Line)]);
    }
}
