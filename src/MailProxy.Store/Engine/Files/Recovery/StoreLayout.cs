using System.Buffers.Binary;
using MailProxy.Store.Engine.Files.Database;
using MailProxy.Store.Engine.Files.Disk;
using RocksDbSharp;

namespace MailProxy.Store.Engine.Files.Recovery;

/// <summary>Opens the database and makes sure that this version understands what is there.</summary>
internal static class StoreLayout
{
    /// <summary>The version that docs/store-layout.md describes.</summary>
    public const uint Version = 2;

    // Before moves between stores. Nothing has to be changed in it, but a program that knows no fences would serve a user who lives elsewhere:
    // it has to be kept out.
    private const uint BeforeMoves = 1;

    /// <exception cref="StoreUnusableException">The database is damaged, newer than this version, or missing while there is mail.</exception>
    public static StoreDatabase Open(StoreFolders folders)
    {
        // An empty database would tell the recovery that all mail is left-overs.
        if (!File.Exists(Path.Combine(folders.Database, "CURRENT")) && Directory.EnumerateFileSystemEntries(folders.Messages).Any())
        {
            throw new StoreUnusableException(
                $"There is mail in {folders.Messages} but its database {folders.Database} is missing; restore it, or move the mail away.");
        }

        StoreDatabase database;
        try
        {
            database = StoreDatabase.Open(folders.Database);
        }
        catch (RocksDbException error)
        {
            throw new StoreUnusableException($"The database {folders.Database} cannot be opened: {error.Message}", error);
        }

        try
        {
            Check(database, folders);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private static void Check(StoreDatabase database, StoreFolders folders)
    {
        if (database.Get(StoreTable.Default, StoreKeys.Layout) is { } value)
        {
            uint version = BinaryPrimitives.ReadUInt32LittleEndian(value);
            if (version is not (Version or BeforeMoves))
            {
                throw new StoreUnusableException(
                    $"The mail folder {folders.Data} has layout {version} and this program knows layout {Version}; use the program that wrote it or a newer one.");
            }

            if (version == Version)
            {
                return;
            }
        }

        using StoreBatch batch = database.NewBatch();
        byte[] present = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(present, Version);
        batch.Put(StoreTable.Default, StoreKeys.Layout, present);
        database.Write(batch, durable: true);
    }
}
