using MailProxy.Store.Engine.Files.Database;
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
    /// Removes links that no batch recorded, which were never acknowledged: those with numbers from <paramref name="next"/> on, and of those from the
    /// lowest on that was open when the last batch was written the ones without a structure. Looks only into folders that can hold such numbers: the
    /// work is that of the last moment before the end.
    /// </summary>
    public static void RemoveUnrecordedLinks(StoreFolders folders, StoreDatabase database, ulong next, ILogger logger)
    {
        ulong open = Math.Min(next, database.GetNumber(StoreKeys.OpenLink) ?? next);
        int count = 0;
        RemoveFrom(
            folders.Messages, "", LinkName.Format(open), number => number >= next || database.Get(StoreTable.Structures, StoreKeys.Number(number)) is null, ref count);
        if (count > 0)
        {
            logger.LogInformation("Removed {Count} messages of the last run that had not been acknowledged", count);
        }
    }

    private static void RemoveFrom(string folder, string prefix, string first, Predicate<ulong> isUnrecorded, ref int count)
    {
        foreach (string path in Directory.EnumerateFiles(folder))
        {
            string name = Path.GetFileName(path);
            if (LinkName.TryParse(name, out ulong number) && string.CompareOrdinal(name, first) >= 0 && isUnrecorded(number))
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
                RemoveFrom(path, digits, first, isUnrecorded, ref count);
            }
        }
    }
}
