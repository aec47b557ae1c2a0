using MailProxy.Store.Engine.Files.Database;

namespace MailProxy.Store.Engine.Files.Repeats;

/// <summary>
/// Which copies users took lately, so that one whose sender repeats it is not stored again. An entry is written by the batch of its delivery, so a crash leaves
/// both or neither; being asked and added to by the committer alone, two deliveries of one copy cannot pass each other. What is older than the window is
/// removed by the batches that add: a few entries each time, so that no delivery pays for another's day.
/// </summary>
internal sealed class TakenCopies(StoreDatabase database, TimeSpan window, TimeProvider time)
{
    // More than one for each that is added, so that the table does not grow by being behind; and a start for the first after a quiet day.
    private const int RemovedForEachAdded = 2;
    private const int RemovedAtLeast = 16;

    private readonly Dictionary<string, (byte[] Key, long Seconds)> pending = new(StringComparer.Ordinal);

    // Where the oldest entries may be: what is before it was removed, and the database need not pass by its remains again.
    private byte[] oldest = TakenKeys.Oldest;

    /// <summary>Whether copies are remembered at all.</summary>
    public bool IsOn => window > TimeSpan.Zero;

    /// <summary>Whether the user took this copy within the window, be it in the present group. Committer only.</summary>
    public bool Has(string user, byte[] digest)
    {
        if (!IsOn)
        {
            return false;
        }

        byte[] key = TakenKeys.OfCopy(user, digest);
        return pending.ContainsKey(Name(key)) || (database.Get(StoreTable.Taken, key) is { } value && IsFresh(TakenKeys.ReadValue(value)));
    }

    /// <summary>The user takes it in the present group. Committer only.</summary>
    public void Add(string user, byte[] digest) => Add(user, new TakenCopy(digest, Now));

    /// <summary>The user took it elsewhere. Committer only.</summary>
    public void Add(string user, TakenCopy copy)
    {
        if (IsOn && IsFresh(copy.Seconds))
        {
            byte[] key = TakenKeys.OfCopy(user, copy.Digest);
            pending[Name(key)] = (key, copy.Seconds);
        }
    }

    /// <summary>The clock by which entries are dated: seconds since 1970.</summary>
    public long Now => time.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>A user's entries that are fresh and not older than <paramref name="since"/>, in the order of their digests behind <paramref name="after"/>. Reads what is durable.</summary>
    public (IReadOnlyList<TakenCopy> Copies, bool IsLast) Read(string user, byte[] after, int most, long since)
    {
        List<TakenCopy> copies = [];
        byte[] prefix = TakenKeys.OfUser(user);
        bool isLast = true;
        database.ScanFrom(StoreTable.Taken, [.. prefix, .. after], (key, value) =>
        {
            if (!key.StartsWith(prefix))
            {
                return false;
            }

            ReadOnlySpan<byte> digest = key[prefix.Length..];
            long seconds = TakenKeys.ReadValue(value);
            if (digest.SequenceEqual(after) || seconds < since || !IsFresh(seconds))
            {
                return true;
            }

            isLast = copies.Count < most;
            if (isLast)
            {
                copies.Add(new(digest.ToArray(), seconds));
            }

            return isLast;
        });
        return (copies, isLast);
    }

    /// <summary>Adds the pending entries to a batch, and takes old ones away. Committer only.</summary>
    public void WritePending(StoreBatch batch)
    {
        if (pending.Count == 0)
        {
            return;
        }

        // Before the new ones: an entry that is renewed is removed and put.
        RemoveOld(batch, RemovedAtLeast + (RemovedForEachAdded * pending.Count));
        foreach ((byte[] key, long seconds) in pending.Values)
        {
            batch.Put(StoreTable.Taken, key, TakenKeys.Value(seconds));
            batch.Put(StoreTable.Taken, TakenKeys.ByTime(key, seconds), []);
        }
    }

    /// <summary>The group is over, written or not. Committer only.</summary>
    public void Forget() => pending.Clear();

    // A clock that was set back makes entries of the future: they count for as long.
    private bool IsFresh(long seconds) => Math.Abs(Now - seconds) < window.TotalSeconds;

    private void RemoveOld(StoreBatch batch, int most)
    {
        long last = Now - (long)window.TotalSeconds;
        List<byte[]> old = [];
        database.ScanFrom(StoreTable.Taken, oldest, (key, _) =>
        {
            bool isOld = TakenKeys.TryReadTime(key, out long seconds) && seconds <= last && old.Count < most;
            if (isOld)
            {
                old.Add(key.ToArray());
            }

            return isOld;
        });
        foreach (byte[] key in old)
        {
            byte[] ofCopy = TakenKeys.OfCopy(key);
            TakenKeys.TryReadTime(key, out long seconds);

            // Taken once more since: that entry has a time of its own.
            if (database.Get(StoreTable.Taken, ofCopy) is { } value && TakenKeys.ReadValue(value) == seconds)
            {
                batch.Delete(StoreTable.Taken, ofCopy);
            }

            batch.Delete(StoreTable.Taken, key);
            oldest = key;
        }
    }

    private static string Name(byte[] key) => Convert.ToHexString(key);
}
