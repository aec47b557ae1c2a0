using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MailProxy.Transport.Tls;

/// <summary>Certificates and keys in PEM files. Every error is a <see cref="CertificateFileException"/> that says what to do.</summary>
public static class PemFiles
{
    /// <summary>The first certificate of a file with its private key (PKCS#8, PKCS#1 or SEC1, not encrypted).</summary>
    public static X509Certificate2 LoadWithKey(string certificatePath, string keyPath)
    {
        var certificate = Read(certificatePath);
        var key = certificatePath == keyPath ? certificate : Read(keyPath);
        if (key.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            throw new CertificateFileException($"The key in '{keyPath}' is encrypted; remove its passphrase (openssl pkey -in FILE -out FILE).");
        }

        try
        {
            using var loaded = X509Certificate2.CreateFromPem(certificate, key);
            return Usable(loaded);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new CertificateFileException(
                $"'{certificatePath}' and '{keyPath}' do not hold a certificate and its private key in PEM: {exception.Message}", exception);
        }
    }

    /// <summary>Every certificate of a file; at least one.</summary>
    public static X509Certificate2Collection LoadCertificates(string path)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(Read(path));
        }
        catch (CryptographicException exception)
        {
            throw new CertificateFileException($"'{path}' holds something that is no certificate: {exception.Message}", exception);
        }

        return certificates.Count > 0
            ? certificates
            : throw new CertificateFileException($"'{path}' holds no certificate; it must have a block -----BEGIN CERTIFICATE-----.");
    }

    /// <summary>What a <c>fullchain.pem</c> holds beyond its first certificate; null when that is nothing.</summary>
    public static X509Certificate2Collection? LoadIntermediates(string path)
    {
        var all = LoadCertificates(path);
        all[0].Dispose();
        all.RemoveAt(0);
        return all.Count == 0 ? null : all;
    }

    /// <summary>A certificate whose key SslStream can use: Windows takes none that lives in memory only as it came from PEM.</summary>
    internal static X509Certificate2 Usable(X509Certificate2 certificate) =>
        X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);

    internal static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CertificateFileException($"There is no file '{path}'.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CertificateFileException($"'{path}' cannot be read: {exception.Message}", exception);
        }
    }
}
