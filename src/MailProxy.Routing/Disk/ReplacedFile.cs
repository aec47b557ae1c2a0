namespace MailProxy.Routing.Disk;

/// <summary>A file that is replaced as a whole: a crash leaves the old one or the new one. Only its owner may read it, because what we keep names users.</summary>
internal static class ReplacedFile
{
    /// <summary>Replaces it; its folder is made. When this returns, the new one is durable.</summary>
    /// <exception cref="IOException">It could not be written; the old one stands.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var full = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(full)!;
        System.IO.Directory.CreateDirectory(folder);
        var draft = full + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(draft, options))
        {
            write(file);
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, full, overwrite: true);

        // A rename is durable only when its folder is.
        FolderSync.Flush(folder);
    }
}
