using MailProxy.Http.Admin;
using MailProxy.Transport.Tls;

namespace MailProxy.Nodes.Admin;

/// <summary>Reads the token of the admin API.</summary>
internal static class AdminTokenFile
{
    // Longer than any token; a wrong file may be of any size.
    private const int MostOctets = 4096;

    /// <summary>What keeps a file from being one, as a sentence that does not quote it; null: nothing.</summary>
    public static string? Problem(string path)
    {
        try
        {
            Load(path);
            return null;
        }
        catch (CertificateFileException exception)
        {
            return exception.Message;
        }
    }

    /// <summary>Its first line. Errors: <see cref="CertificateFileException"/>, which <see cref="FollowedFile{T}"/> takes as "not now".</summary>
    public static AdminToken Load(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
            {
                throw new CertificateFileException($"there is no file '{path}'.");
            }

            if (file.Length > MostOctets)
            {
                throw new CertificateFileException($"'{path}' is too long for a token.");
            }

            var text = File.ReadAllText(path).Trim();
            return AdminToken.Problem(text) is { } problem ? throw new CertificateFileException($"'{path}': {problem}.") : AdminToken.Of(text);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException and not CertificateFileException)
        {
            throw new CertificateFileException($"'{path}' cannot be read: {exception.Message}", exception);
        }
    }
}
