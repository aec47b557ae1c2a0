namespace MailProxy.Directory.Ldap;

/// <summary>The file with the service account's password.</summary>
internal static class ServiceAccount
{
    /// <summary>Null when it holds a password; otherwise one sentence without its end.</summary>
    public static string? FindProblem(string path)
    {
        try
        {
            return Read(path).Length > 0 ? null : $"'{path}' is empty: its first line is the password";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"'{path}' cannot be read: {exception.Message}";
        }
    }

    /// <summary>The password: the first line, without blanks at its end.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Nor may it be.</exception>
    public static string Read(string path) => System.IO.File.ReadLines(path).FirstOrDefault("").TrimEnd();
}
