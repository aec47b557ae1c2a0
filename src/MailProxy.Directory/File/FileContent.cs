namespace MailProxy.Directory.File;

/// <summary>One reading of the file: its octets, or why there are none.</summary>
/// <param name="Octets">All of it; null if it could not be read.</param>
/// <param name="Stamp">Which version it is; null if there is no file.</param>
/// <param name="Problem">One sentence when <paramref name="Octets"/> is null.</param>
internal sealed record FileContent(byte[]? Octets, FileStamp? Stamp, string Problem)
{
    /// <summary>285,000 users and 600,000 aliases are about 110 MB (docs/performance.md); more belong in a database.</summary>
    public const int MaxOctets = 256 * 1024 * 1024;

    /// <summary>Opens and reads it. Never throws for what a file system does.</summary>
    /// <param name="path">The file; links are followed.</param>
    /// <param name="known">If it still has this stamp it is not read: <see cref="Octets"/> is null, and so is nothing said.</param>
    public static FileContent Read(string path, FileStamp? known = null)
    {
        try
        {
            using var file = System.IO.File.OpenHandle(path);
            // Of the open file, not of the name: a rename in between must not marry one version's stamp to the other's octets.
            var stamp = new FileStamp(System.IO.File.GetLastWriteTimeUtc(file), RandomAccess.GetLength(file));
            if (stamp == known)
            {
                return new FileContent(null, stamp, "");
            }

            if (stamp.Length > MaxOctets)
            {
                return new FileContent(null, stamp, $"'{path}' is larger than {MaxOctets} octets");
            }

            byte[] octets = new byte[stamp.Length];
            int read = 0;
            while (read < octets.Length && RandomAccess.Read(file, octets.AsSpan(read), read) is var n and > 0)
            {
                read += n;
            }

            return new FileContent(octets[..read], stamp, "");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return new FileContent(null, null, $"'{path}' cannot be read: {exception.Message}");
        }
    }
}
