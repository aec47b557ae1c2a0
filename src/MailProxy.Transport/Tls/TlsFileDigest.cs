using System.Security.Cryptography;
using System.Text;

namespace MailProxy.Transport.Tls;

/// <summary>
/// Tells whether files changed, by what is in them: times of modification survive copies, stand still within a tick, and belong to a link as well
/// as to its target.
/// </summary>
internal static class TlsFileDigest
{
    private const int Piece = 4096;

    // What a file is worth that cannot be read: that it came, or went, is a change.
    private static readonly byte[] Unreadable = "unreadable"u8.ToArray();

    /// <summary>SHA-256 over names and contents.</summary>
    public static string Of(IEnumerable<string> paths)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in paths)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(path));
            hash.AppendData(ContentOf(path));
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static byte[] ContentOf(string path)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> piece = stackalloc byte[Piece];
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            while (file.Read(piece) is > 0 and var read)
            {
                hash.AppendData(piece[..read]);
            }

            return hash.GetHashAndReset();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return Unreadable;
        }
        finally
        {
            // Private keys went through it.
            CryptographicOperations.ZeroMemory(piece);
        }
    }
}
