namespace MailProxy.Store.Engine.Files.Disk;

/// <summary>Keeps a second process out of the folder. The kernel releases it whatever way the process ends.</summary>
internal sealed class StoreLock : IDisposable
{
    // EWOULDBLOCK of Linux and macOS, ERROR_SHARING_VIOLATION of Windows.
    private static readonly int[] InUse = [11, 35, unchecked((int)0x80070020)];

    private readonly FileStream file;

    private StoreLock(FileStream file) => this.file = file;

    /// <summary>Takes the lock.</summary>
    /// <exception cref="StoreUnusableException">Another process has it, or the folder cannot be written.</exception>
    public static StoreLock Take(StoreFolders folders)
    {
        try
        {
            // FileShare.None is flock(LOCK_EX | LOCK_NB) on Unix.
            return new StoreLock(new FileStream(folders.LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1));
        }
        catch (IOException error) when (InUse.Contains(error.HResult))
        {
            throw new StoreUnusableException(
                $"The mail folder {folders.Data} is in use by another process; stop that one or give this store another folder.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnusableException($"The mail folder {folders.Data} cannot be written: {error.Message}", error);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();
}
