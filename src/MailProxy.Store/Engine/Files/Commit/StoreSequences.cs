using System.Buffers.Binary;
using MailProxy.Store.Engine.Files.Database;
using MailProxy.Store.Engine.Files.Disk;

namespace MailProxy.Store.Engine.Files.Commit;

/// <summary>Numbers that are given once and never again. They only grow, also when the group that took them fails. The committer's alone, but for those of links.</summary>
internal sealed class StoreSequences(StoreDatabase database, TimeProvider time)
{
    private ulong nextMailbox = database.GetNumber(StoreKeys.NextMailbox) ?? 1;
    private ulong lastUidValidity = database.GetNumber(StoreKeys.LastUidValidity) ?? 0;

    /// <summary>The numbers of links. From any thread.</summary>
    public LinkNumbers Links { get; } = new(database.GetNumber(StoreKeys.NextLink) ?? 0);

    /// <summary>Takes a mailbox id. 0 is not one.</summary>
    public ulong TakeMailbox() => nextMailbox++;

    /// <summary>Takes a UIDVALIDITY: the time in seconds if that was not given yet, else one more than the last.</summary>
    public uint TakeUidValidity()
    {
        lastUidValidity = Math.Max(lastUidValidity + 1, (ulong)time.GetUtcNow().ToUnixTimeSeconds());
        return lastUidValidity <= uint.MaxValue
            ? (uint)lastUidValidity
            : throw new StoreFaultException("The store has given away all UIDVALIDITY values.");
    }

    /// <summary>The greatest UIDVALIDITY given, or that came with a user from another store.</summary>
    public ulong LastUidValidity => Interlocked.Read(ref lastUidValidity);

    /// <summary>A user came from a store that has given <paramref name="value"/>: a name that is made anew gets a greater one.</summary>
    public void RaiseUidValidity(uint value) => Interlocked.Exchange(ref lastUidValidity, Math.Max(lastUidValidity, value));

    /// <summary>Adds the present values to a batch.</summary>
    public void Write(StoreBatch batch)
    {
        (ulong nextLink, ulong openLink) = Links.Bounds;
        batch.Put(StoreTable.Default, StoreKeys.NextLink, Value(nextLink));
        batch.Put(StoreTable.Default, StoreKeys.OpenLink, Value(openLink));
        batch.Put(StoreTable.Default, StoreKeys.NextMailbox, Value(nextMailbox));
        batch.Put(StoreTable.Default, StoreKeys.LastUidValidity, Value(lastUidValidity));
    }

    private static byte[] Value(ulong number)
    {
        byte[] value = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(value, number);
        return value;
    }
}
