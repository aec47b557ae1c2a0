using System.Security.Cryptography;

namespace MailProxy.Transport.Tls.Tickets;

/// <summary>
/// Ticket keys in a file: records of 80 octets (<see cref="TicketKey"/>) one after the other, the first of which seals. One record is what
/// nginx calls a key file; several are such files put together, the newest first.
/// </summary>
internal static class TicketKeyFile
{
    /// <summary>A key an hour for most of a day; nobody rotates faster, and every ticket is compared with each.</summary>
    public const int MaxKeys = 16;

    private const UnixFileMode OfOthers = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite;

    /// <summary>Reads a file. Errors: <see cref="CertificateFileException"/>.</summary>
    public static TicketKey[] Read(string path)
    {
        // One octet more than may be there tells a file that is too long from one that is just full.
        var octets = GC.AllocateArray<byte>((MaxKeys * TicketKey.Octets) + 1, pinned: true);
        try
        {
            var length = Fill(path, octets);
            return length is > 0 and <= MaxKeys * TicketKey.Octets && length % TicketKey.Octets == 0
                ? [.. Enumerable.Range(0, length / TicketKey.Octets).Select(number => new TicketKey(octets.AsSpan(number * TicketKey.Octets, TicketKey.Octets)))]
                : throw new CertificateFileException(
                    $"'{path}' holds {(length > MaxKeys * TicketKey.Octets ? "too many" : length)} octets; ticket keys are 1 to {MaxKeys} records of {TicketKey.Octets}"
                    + $" (openssl rand {TicketKey.Octets} > FILE).");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(octets);
        }
    }

    private static int Fill(string path, byte[] octets)
    {
        try
        {
            // Unbuffered: a buffer would keep a copy that is not ours to clear.
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file.SafeFileHandle) & OfOthers) != 0)
            {
                throw new CertificateFileException($"'{path}' is open to other users, and whoever reads it reads every session; close it (chmod 600 FILE, or 640).");
            }

            return file.ReadAtLeast(octets, octets.Length, throwOnEndOfStream: false);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CertificateFileException($"There is no file '{path}'.", exception);
        }
        catch (Exception exception) when (exception is (IOException and not CertificateFileException) or UnauthorizedAccessException or ArgumentException)
        {
            throw new CertificateFileException($"'{path}' cannot be read: {exception.Message}", exception);
        }
    }
}
