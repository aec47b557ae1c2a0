using System.Buffers.Binary;
using System.Text;

namespace MailProxy.Store.Engine.Files.Database;

/// <summary>Keys of the database. Numbers are big-endian, so that keys sort as numbers do.</summary>
internal static class StoreKeys
{
    /// <summary>Layout version, uint32.</summary>
    public static readonly byte[] Layout = "layout"u8.ToArray();

    /// <summary>The number the next link will get at least, uint64.</summary>
    public static readonly byte[] NextLink = "next-link"u8.ToArray();

    /// <summary>No file of a lower number waits for its batch, uint64; missing: the next link's number.</summary>
    public static readonly byte[] OpenLink = "open-link"u8.ToArray();

    /// <summary>The id the next mailbox will get, uint64.</summary>
    public static readonly byte[] NextMailbox = "next-mailbox"u8.ToArray();

    /// <summary>The greatest UIDVALIDITY given, uint64.</summary>
    public static readonly byte[] LastUidValidity = "last-uidvalidity"u8.ToArray();

    /// <summary><c>user NUL name</c>; with an empty name the prefix of all of a user's. Neither holds a NUL.</summary>
    public static byte[] Name(string user, string name) => Encoding.UTF8.GetBytes($"{user}\0{name}");

    /// <summary>The name in a key of <see cref="Name"/>.</summary>
    public static string NameOf(ReadOnlySpan<byte> key) => Encoding.UTF8.GetString(key[(key.IndexOf((byte)0) + 1)..]);

    /// <summary>The user in a key of <see cref="Name"/>.</summary>
    public static string UserOf(ReadOnlySpan<byte> key) => Encoding.UTF8.GetString(key[..key.IndexOf((byte)0)]);

    /// <summary>Before every name of the users who sort behind one: no user's name has control characters, and NUL ends them.</summary>
    public static byte[] BehindUser(string user) => [.. Encoding.UTF8.GetBytes(user), 1];

    /// <summary>A mailbox id or a link number.</summary>
    public static byte[] Number(ulong number)
    {
        byte[] key = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(key, number);
        return key;
    }

    /// <summary>Mailbox id and UID.</summary>
    public static byte[] Message(ulong mailbox, uint uid)
    {
        byte[] key = new byte[sizeof(ulong) + sizeof(uint)];
        BinaryPrimitives.WriteUInt64BigEndian(key, mailbox);
        BinaryPrimitives.WriteUInt32BigEndian(key.AsSpan(sizeof(ulong)), uid);
        return key;
    }

    /// <summary>The UID in a key of <see cref="Message"/>.</summary>
    public static uint UidOf(ReadOnlySpan<byte> key) => BinaryPrimitives.ReadUInt32BigEndian(key[sizeof(ulong)..]);

    /// <summary>Kind and number.</summary>
    public static byte[] Garbage(Garbage garbage)
    {
        byte[] key = new byte[1 + sizeof(ulong)];
        key[0] = (byte)garbage.Kind;
        BinaryPrimitives.WriteUInt64BigEndian(key.AsSpan(1), garbage.Id);
        return key;
    }

    /// <summary>Reads a key of <see cref="Garbage(Database.Garbage)"/>.</summary>
    public static Garbage GarbageOf(ReadOnlySpan<byte> key) => new((GarbageKind)key[0], BinaryPrimitives.ReadUInt64BigEndian(key[1..]));
}
