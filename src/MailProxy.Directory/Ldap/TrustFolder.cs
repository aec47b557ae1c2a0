using System.Security.Cryptography.X509Certificates;

namespace MailProxy.Directory.Ldap;

/// <summary>
/// A folder of our own with the CAs of one PEM file, because the library takes only a folder for one connection (a file it takes for the whole process, and
/// two directories may trust different CAs).
/// </summary>
internal sealed class TrustFolder : IDisposable
{
    private readonly DirectoryInfo _folder;

    private TrustFolder(DirectoryInfo folder) => _folder = folder;

    /// <summary>Its path.</summary>
    public string Path => _folder.FullName;

    /// <summary>Makes it.</summary>
    /// <exception cref="IOException">The file cannot be read, or no folder be made.</exception>
    /// <exception cref="UnauthorizedAccessException">Nor may it be.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">It is no PEM file.</exception>
    public static TrustFolder Create(string authorities)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPemFile(authorities);
        var folder = System.IO.Directory.CreateTempSubdirectory("mailproxy-ldap-");
        var taken = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var certificate in certificates)
        {
            // GnuTLS reads every file; OpenSSL looks for HASH.0, HASH.1 and so on.
            var hash = SubjectHash.Of(certificate.SubjectName);
            var number = taken.GetValueOrDefault(hash);
            taken[hash] = number + 1;
            System.IO.File.WriteAllText(System.IO.Path.Combine(folder.FullName, $"{hash}.{number}"), certificate.ExportCertificatePem());
            certificate.Dispose();
        }

        return new TrustFolder(folder);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            _folder.Delete(recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Somebody cleans up temporary folders; it held nothing secret.
        }
    }
}
