namespace MailProxy.Store.Engine.Files.Disk;

/// <summary>Refuses new mail before the disk is so full that the database could not even record a deletion.</summary>
internal sealed class FreeSpace(string folder, long least, TimeProvider time)
{
    // statfs is cheap, but not for every message.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly DriveInfo drive = new(folder);
    private long checkedAt;
    private bool known;
    private bool enough;

    /// <exception cref="StoreFaultException">There is too little.</exception>
    public void Check()
    {
        lock (gate)
        {
            if (!known || time.GetElapsedTime(checkedAt) >= Fresh)
            {
                enough = drive.AvailableFreeSpace >= least;
                checkedAt = time.GetTimestamp();
                known = true;
            }

            if (!enough)
            {
                throw new StoreFaultException(StoreFaultKind.DiskFull, "The disk is nearly full; no new mail is taken.");
            }
        }
    }
}
