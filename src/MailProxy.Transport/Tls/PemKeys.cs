using System.Security.Cryptography;

namespace MailProxy.Transport.Tls;

/// <summary>
/// Keys on the curve P-256 (for ES256, RFC 7518 3.4) in PEM files. They are made by <c>openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256</c> and
/// <c>openssl pkey -pubout</c>. Every error is a <see cref="CertificateFileException"/> that says what to do.
/// </summary>
public static class PemKeys
{
    /// <summary>Most public keys of a file: the present one, the next, and a few that somebody forgot to take out.</summary>
    public const int MostKeys = 16;

    private const string PublicLabel = "PUBLIC KEY";
    private const string Curve = "1.2.840.10045.3.1.7";

    /// <summary>The private key of a file (PKCS#8 or SEC1, not encrypted).</summary>
    public static ECDsa LoadPrivate(string path)
    {
        var text = PemFiles.Read(path);
        if (text.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            throw new CertificateFileException($"The key in '{path}' is encrypted; remove its passphrase (openssl pkey -in FILE -out FILE).");
        }

        if (!text.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
        {
            throw new CertificateFileException(
                $"'{path}' holds no private key; make one with: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out '{path}'");
        }

        return Load(path, text);
    }

    /// <summary>Every public key of a file, 1 to <see cref="MostKeys"/>. A private key in it is refused: whoever can read that file could sign.</summary>
    public static IReadOnlyList<ECDsa> LoadPublic(string path)
    {
        var text = PemFiles.Read(path);
        if (text.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
        {
            throw new CertificateFileException($"'{path}' holds a private key; only public ones belong there (openssl pkey -in PRIVATE -pubout).");
        }

        var keys = new List<ECDsa>();
        var rest = text.AsSpan();
        while (PemEncoding.TryFind(rest, out var block))
        {
            if (!rest[block.Label].SequenceEqual(PublicLabel))
            {
                throw new CertificateFileException($"'{path}' holds a block -----BEGIN {rest[block.Label]}-----; only -----BEGIN {PublicLabel}----- belongs there.");
            }

            if (keys.Count == MostKeys)
            {
                throw new CertificateFileException($"'{path}' holds more than {MostKeys} keys; take out those that no proxy signs with any more.");
            }

            keys.Add(Load(path, rest[block.Location]));
            rest = rest[block.Location.End..];
        }

        return keys.Count > 0
            ? keys
            : throw new CertificateFileException($"'{path}' holds no public key; it must have a block -----BEGIN {PublicLabel}----- (openssl pkey -in PRIVATE -pubout).");
    }

    private static ECDsa Load(string path, ReadOnlySpan<char> pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            if (key.ExportParameters(includePrivateParameters: false).Curve.Oid?.Value == Curve)
            {
                return key;
            }
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            key.Dispose();
            throw new CertificateFileException($"A key in '{path}' is none of an elliptic curve in PEM, or is damaged: {exception.Message}", exception);
        }

        key.Dispose();
        throw new CertificateFileException($"A key in '{path}' is on another curve than P-256 (openssl: -pkeyopt ec_paramgen_curve:P-256).");
    }
}
