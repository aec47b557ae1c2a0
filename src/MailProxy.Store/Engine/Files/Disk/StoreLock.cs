namespace MailProxy.Store.Engine.Files.Disk;

/// <summary>Keeps a second process out of the folder. The kernel releases it whatever way the process ends.</summary>
internal sealed class StoreLock : IDisposable
{
    private readonly FileStream file;

    private StoreLock(FileStream file) => this.file = file;

    /// <summary>Takes the lock.</summary>
    /// <exception cref="StoreUnusableException">Another process has it.</exception>
    public static StoreLock Take(StoreFolders folders)
    {
        try
        {
            // FileShare.None is flock(LOCK_EX | LOCK_NB) on Unix.
            return new StoreLock(new FileStream(folders.LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1));
        }
        catch (IOException error) when (File.Exists(folders.LockFile))
        {
            throw new StoreUnusableException(
                $"The mail folder {folders.Data} is in use by another process; stop that one or give this store another folder.", error);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();
}
