using RocksDbSharp;

namespace MailProxy.Store.Engine.Files.Database;

/// <summary>Writes that become visible and durable together or not at all.</summary>
internal sealed class StoreBatch(ColumnFamilyHandle[] tables) : IDisposable
{
    /// <summary>RocksDB's own.</summary>
    public WriteBatch Writes { get; } = new();

    /// <summary>Sets a value.</summary>
    public void Put(StoreTable table, byte[] key, byte[] value) => Writes.Put(key, value, tables[(int)table]);

    /// <summary>Removes a key, if it is there.</summary>
    public void Delete(StoreTable table, byte[] key) => Writes.Delete(key, tables[(int)table]);

    /// <inheritdoc/>
    public void Dispose() => Writes.Dispose();
}
