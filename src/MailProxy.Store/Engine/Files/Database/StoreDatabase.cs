using System.Buffers.Binary;
using RocksDbSharp;

namespace MailProxy.Store.Engine.Files.Database;

/// <summary>RocksDB with the tables of a store. Reads may come from any thread until it is disposed; then they end in ObjectDisposedException.</summary>
internal sealed class StoreDatabase : IDisposable
{
    // Small on purpose: several stores may share a process, and RocksDB multiplies this by families and by two.
    private const ulong WriteBufferOctets = 8UL << 20;
    private const ulong AllWriteBuffersOctets = 64UL << 20;
    private const ulong BlockCacheOctets = 32UL << 20;
    private const ulong WalOctets = 128UL << 20; // bounds the replay after a crash
    private const int OpenFiles = 512;
    private const ulong LogOctets = 4UL << 20;
    private const ulong LogFiles = 3;

    private static readonly string[] Names = [.. Enum.GetNames<StoreTable>().Select(name => name.ToLowerInvariant())];

    private readonly RocksDb database;
    private readonly ColumnFamilyHandle[] tables;
    private readonly WriteOptions synced = new WriteOptions().SetSync(true);
    private readonly WriteOptions lazy = new WriteOptions().SetSync(false);

    // RocksDB is native code: a read that overlaps its end would bring the process down.
    private readonly ReaderWriterLockSlim gate = new();
    private bool closed;

    private StoreDatabase(RocksDb database)
    {
        this.database = database;
        tables = [.. Names.Select(database.GetColumnFamily)];
    }

    /// <summary>Opens or makes the database in <paramref name="folder"/>.</summary>
    /// <exception cref="RocksDbException">It cannot be opened.</exception>
    public static StoreDatabase Open(string folder)
    {
        DbOptions options = new DbOptions()
            .SetCreateIfMissing(true)
            .SetCreateMissingColumnFamilies(true)
            .SetMaxOpenFiles(OpenFiles)
            .SetMaxTotalWalSize(WalOctets)
            .SetDbWriteBufferSize(AllWriteBuffersOctets)
            .SetMaxLogFileSize(LogOctets)
            .SetKeepLogFileNum(LogFiles);

        // A newer layout may have tables that this version does not know; it has to be opened to be told its version.
        RocksDb.TryListColumnFamilies(options, folder, out string[] present);
        var blocks = new BlockBasedTableOptions()
            .SetBlockCache(Cache.CreateLru(BlockCacheOctets))
            .SetFilterPolicy(BloomFilterPolicy.Create(10, false));
        var families = new ColumnFamilies(FamilyOptions(blocks));
        foreach (string name in Names.Concat(present ?? []).Distinct(StringComparer.Ordinal).Where(name => name != ColumnFamilies.DefaultName))
        {
            families.Add(name, FamilyOptions(blocks));
        }

        return new StoreDatabase(RocksDb.Open(options, folder, families));
    }

    /// <summary>An empty batch.</summary>
    public StoreBatch NewBatch() => Read(() => new StoreBatch(tables));

    /// <summary>Writes a batch, and makes it durable before it returns if <paramref name="durable"/>.</summary>
    public void Write(StoreBatch batch, bool durable) => Read(() =>
    {
        database.Write(batch.Writes, durable ? synced : lazy);
        return true;
    });

    /// <summary>One value, or null.</summary>
    public byte[]? Get(StoreTable table, byte[] key) => Read(() => database.Get(key, tables[(int)table]));

    /// <summary>A number of the default table, or null.</summary>
    public ulong? GetNumber(byte[] key) => Get(StoreTable.Default, key) is { } value ? BinaryPrimitives.ReadUInt64LittleEndian(value) : null;

    /// <summary>Calls <paramref name="each"/> with key and value of each entry whose key starts with <paramref name="prefix"/>, in key order, until it says false. It must not read the database itself.</summary>
    public void Scan(StoreTable table, byte[] prefix, Func<ReadOnlySpan<byte>, ReadOnlySpan<byte>, bool> each) => Read(() =>
    {
        using Iterator iterator = database.NewIterator(tables[(int)table]);
        for (iterator.Seek(prefix); iterator.Valid(); iterator.Next())
        {
            ReadOnlySpan<byte> key = iterator.GetKeySpan();
            if (!key.StartsWith(prefix) || !each(key, iterator.GetValueSpan()))
            {
                break;
            }
        }

        return true;
    });

    /// <summary>The same for all entries from a key on, whatever they begin with.</summary>
    public void ScanFrom(StoreTable table, byte[] start, Func<ReadOnlySpan<byte>, ReadOnlySpan<byte>, bool> each) => Read(() =>
    {
        using Iterator iterator = database.NewIterator(tables[(int)table]);
        for (iterator.Seek(start); iterator.Valid() && each(iterator.GetKeySpan(), iterator.GetValueSpan()); iterator.Next())
        {
        }

        return true;
    });

    /// <summary>The messages of a mailbox in UID order, <paramref name="most"/> of them from the first on.</summary>
    public List<StoredMessage> ReadMessages(ulong mailbox, int most = int.MaxValue)
    {
        List<StoredMessage> messages = [];
        Scan(StoreTable.Messages, StoreKeys.Number(mailbox), (key, value) =>
        {
            messages.Add(StoreRecords.ReadMessage(StoreKeys.UidOf(key), value));
            return messages.Count < most;
        });
        return messages;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        gate.EnterWriteLock();
        try
        {
            if (!closed)
            {
                closed = true;
                database.Dispose();
            }
        }
        finally
        {
            gate.ExitWriteLock();
        }
    }

    private static ColumnFamilyOptions FamilyOptions(BlockBasedTableOptions blocks)
        => new ColumnFamilyOptions().SetWriteBufferSize(WriteBufferOctets).SetBlockBasedTableFactory(blocks);

    private T Read<T>(Func<T> call)
    {
        gate.EnterReadLock();
        try
        {
            ObjectDisposedException.ThrowIf(closed, this);
            return call();
        }
        finally
        {
            gate.ExitReadLock();
        }
    }
}
