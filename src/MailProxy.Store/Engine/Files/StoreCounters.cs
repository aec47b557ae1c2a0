namespace MailProxy.Store.Engine.Files;

/// <summary>What an engine has done since it was opened. Each is read on its own, without a lock.</summary>
public sealed class StoreCounters
{
    private long changes;
    private long groups;
    private long fileSyncs;
    private long folderSyncs;
    private long links;
    private long bytesWritten;
    private long repeats;

    /// <summary>Changes made durable: deliveries, appends, flag changes, and so on.</summary>
    public long Changes => Interlocked.Read(ref changes);

    /// <summary>Synced database writes; each carries one or more <see cref="Changes"/>.</summary>
    public long Groups => Interlocked.Read(ref groups);

    /// <summary>fsyncs of message files.</summary>
    public long FileSyncs => Interlocked.Read(ref fileSyncs);

    /// <summary>fsyncs of folders.</summary>
    public long FolderSyncs => Interlocked.Read(ref folderSyncs);

    /// <summary>Hard links made, one per message and mailbox.</summary>
    public long Links => Interlocked.Read(ref links);

    /// <summary>Octets of message content written to disk.</summary>
    public long OctetsWritten => Interlocked.Read(ref bytesWritten);

    /// <summary>Copies that were acknowledged and not stored, because their users had taken them lately.</summary>
    public long Repeats => Interlocked.Read(ref repeats);

    internal void AddRepeats(int count) => Interlocked.Add(ref repeats, count);

    internal void AddGroup(int changeCount)
    {
        Interlocked.Increment(ref groups);
        Interlocked.Add(ref changes, changeCount);
    }

    internal void AddFileSync() => Interlocked.Increment(ref fileSyncs);

    internal void AddFolderSync() => Interlocked.Increment(ref folderSyncs);

    internal void AddLink() => Interlocked.Increment(ref links);

    internal void AddOctets(long octets) => Interlocked.Add(ref bytesWritten, octets);
}
