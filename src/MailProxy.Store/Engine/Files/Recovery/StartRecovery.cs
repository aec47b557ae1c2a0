using MailProxy.Store.Engine.Files.Disk;
using Microsoft.Extensions.Logging;

namespace MailProxy.Store.Engine.Files.Recovery;

/// <summary>What is done at start for a process that ended in the middle: drafts go, and so do links that no batch recorded.</summary>
internal static class StartRecovery
{
    /// <summary>Empties tmp: a draft belongs to a process, and that is gone.</summary>
    public static void RemoveDrafts(StoreFolders folders, ILogger logger)
    {
        int count = 0;
        foreach (string draft in Directory.EnumerateFiles(folders.Drafts))
        {
            File.Delete(draft);
            count++;
        }

        if (count > 0)
        {
            logger.LogInformation("Removed {Count} unfinished messages of the last run", count);
        }
    }

    /// <summary>
    /// Removes links with numbers from <paramref name="next"/> on. Numbers are given in order by one thread and recorded by the batch that refers
    /// to them, so what is beyond was never acknowledged. Looks only into folders that can hold such numbers: the work is that of one group.
    /// </summary>
    public static void RemoveUnrecordedLinks(StoreFolders folders, ulong next, ILogger logger)
    {
        string first = LinkName.Format(next);
        int count = 0;
        RemoveFrom(folders.Messages, "", first, ref count);
        if (count > 0)
        {
            logger.LogInformation("Removed {Count} messages of the last run that had not been acknowledged", count);
        }
    }

    private static void RemoveFrom(string folder, string prefix, string first, ref int count)
    {
        foreach (string path in Directory.EnumerateFiles(folder))
        {
            string name = Path.GetFileName(path);
            if (LinkName.TryParse(name, out _) && string.CompareOrdinal(name, first) >= 0)
            {
                File.Delete(path);
                count++;
            }
        }

        foreach (string path in Directory.EnumerateDirectories(folder))
        {
            string digits = prefix + Path.GetFileName(path);
            if (digits.Length < first.Length && string.CompareOrdinal(digits, first[..digits.Length]) >= 0)
            {
                RemoveFrom(path, digits, first, ref count);
            }
        }
    }
}
