using Microsoft.Win32.SafeHandles;

namespace MailProxy.Store.Engine.Files.Disk;

/// <summary>The folders of a store (docs/store-layout.md): <c>tmp</c>, <c>messages</c>, <c>db</c> and the file <c>lock</c>.</summary>
internal sealed class StoreFolders(string data)
{
    private long lastDraft;

    /// <summary>The folder that holds everything.</summary>
    public string Data { get; } = Path.GetFullPath(data);

    /// <summary>Messages on their way in.</summary>
    public string Drafts => Path.Combine(Data, "tmp");

    /// <summary>One hard link per message and mailbox.</summary>
    public string Messages => Path.Combine(Data, "messages");

    /// <summary>RocksDB's own folder.</summary>
    public string Database => Path.Combine(Data, "db");

    /// <summary>Held locked by the process that uses the store.</summary>
    public string LockFile => Path.Combine(Data, "lock");

    /// <summary>The folder that was last made ready for links. Committer only.</summary>
    public string? PreparedFolder { get; set; }

    /// <summary>Makes the folders that are missing, durably.</summary>
    public void Create()
    {
        foreach (string folder in (string[])[Data, Drafts, Messages])
        {
            Directory.CreateDirectory(folder);
        }

        NativeFiles.SyncFolder(Data);
        if (Path.GetDirectoryName(Data) is { } parent)
        {
            NativeFiles.SyncFolder(parent);
        }
    }

    /// <summary>Makes a file in tmp. tmp was emptied at start, so a name that this process has not used is free.</summary>
    public (SafeFileHandle File, string Path) CreateDraft()
    {
        string path = Path.Combine(Drafts, $"{Interlocked.Increment(ref lastDraft):x}");
        return (Create(path), path);
    }

    /// <summary>Makes an empty file that is link <paramref name="number"/>, and its folder if it is the first there.</summary>
    public (SafeFileHandle File, string Path) CreateLink(ulong number)
    {
        string path = LinkPath(number);
        try
        {
            return (Create(path), path);
        }
        catch (Exception error) when (error is DirectoryNotFoundException or FileNotFoundException)
        {
            // Which of the two .NET makes of ENOENT depends on whether somebody else has made the folder by then.
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return (Create(path), path);
        }
    }

    /// <summary>Where link <paramref name="number"/> is.</summary>
    public string LinkPath(ulong number) => Path.Combine(Messages, LinkName.Folder(number), LinkName.Format(number));

    /// <summary>Makes link <paramref name="number"/> to the content of <paramref name="source"/>, which is durable; not yet durable itself.</summary>
    public void Link(string source, ulong number)
    {
        string path = LinkPath(number);
        try
        {
            NativeFiles.CreateHardLink(source, path);
        }
        catch (IOException error) when (error.HResult == NativeFiles.TooManyLinks)
        {
            // The rare message that goes to a whole nation begins a second file.
            LinkCopy(source, number);
        }
    }

    /// <summary>Makes link <paramref name="number"/> to a durable copy of <paramref name="source"/>'s content.</summary>
    public void LinkCopy(string source, ulong number)
    {
        string path = LinkPath(number);
        File.Copy(source, path);
        using SafeFileHandle copy = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(copy);
    }

    /// <summary>The folder of link <paramref name="number"/>, and the folders above it up to and with <c>messages</c>, innermost first.</summary>
    public IReadOnlyList<string> FoldersOf(ulong number)
    {
        string leaf = Path.Combine(Messages, LinkName.Folder(number));
        string middle = Path.GetDirectoryName(leaf)!;
        return [leaf, middle, Path.GetDirectoryName(middle)!, Messages];
    }

    private static SafeFileHandle Create(string path) => File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
}
