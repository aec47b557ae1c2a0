namespace MailProxy.Transport.Tls;

/// <summary>Where a certificate and its key lie.</summary>
public sealed class CertificateFiles
{
    /// <summary>PEM: the certificate first, then the intermediates to send with it.</summary>
    public string? Certificate { get; set; }

    /// <summary>PEM private key without passphrase; null: it is in <see cref="Certificate"/> too.</summary>
    public string? Key { get; set; }

    /// <summary>Every error, as <c>path: what to do</c>.</summary>
    public IEnumerable<string> Validate(string path)
    {
        if (string.IsNullOrEmpty(Certificate))
        {
            return [$"{path}:Certificate: name the PEM file that holds the certificate."];
        }

        try
        {
            PemFiles.LoadWithKey(Certificate, Key ?? Certificate).Dispose();
            return [];
        }
        catch (CertificateFileException exception)
        {
            return [$"{path}:Certificate: {exception.Message}"];
        }
    }
}
