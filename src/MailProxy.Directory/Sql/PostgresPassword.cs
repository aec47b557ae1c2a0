namespace MailProxy.Directory.Sql;

/// <summary>The role's password, from a file.</summary>
internal static class PostgresPassword
{
    /// <summary>Why it cannot be read, one sentence; or null.</summary>
    public static string? FindProblem(string file)
    {
        try
        {
            return Read(file).Length == 0 ? $"the first line of '{file}' is empty; it holds the role's password." : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return $"'{file}' cannot be read: {exception.Message}";
        }
    }

    /// <summary>The first line, without blanks at its end.</summary>
    public static string Read(string file) => System.IO.File.ReadLines(file).FirstOrDefault("").TrimEnd();
}
