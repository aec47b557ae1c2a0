using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MailProxy.Store.Engine.Files.Repeats;

/// <summary>
/// Keys of the table of taken copies, which is read in two ways: <c>U user NUL digest</c> finds a copy, <c>T time user NUL digest</c> finds the oldest.
/// The time is eight octets of seconds, big-endian.
/// </summary>
internal static class TakenKeys
{
    /// <summary>Octets of a digest.</summary>
    public const int DigestOctets = SHA256.HashSizeInBytes;

    private const int TimeOctets = 1 + sizeof(long);

    /// <summary>Before every key by time.</summary>
    public static readonly byte[] Oldest = "T"u8.ToArray();

    /// <summary>Before every key of one user.</summary>
    public static byte[] OfUser(string user) => Encoding.UTF8.GetBytes($"U{user}\0");

    /// <summary>The key that finds a copy.</summary>
    public static byte[] OfCopy(string user, ReadOnlySpan<byte> digest) => [.. OfUser(user), .. digest];

    /// <summary>The same copy's key by time.</summary>
    public static byte[] ByTime(ReadOnlySpan<byte> ofCopy, long seconds)
    {
        byte[] key = new byte[TimeOctets + ofCopy.Length - 1];
        key[0] = Oldest[0];
        BinaryPrimitives.WriteInt64BigEndian(key.AsSpan(1), seconds);
        ofCopy[1..].CopyTo(key.AsSpan(TimeOctets));
        return key;
    }

    /// <summary>Whether it is a key by time, and of when.</summary>
    public static bool TryReadTime(ReadOnlySpan<byte> key, out long seconds)
    {
        bool isByTime = key.Length > TimeOctets && key[0] == Oldest[0];
        seconds = isByTime ? BinaryPrimitives.ReadInt64BigEndian(key[1..]) : 0;
        return isByTime;
    }

    /// <summary>From a key by time to the one that finds the copy.</summary>
    public static byte[] OfCopy(ReadOnlySpan<byte> byTime) => [(byte)'U', .. byTime[TimeOctets..]];

    /// <summary>The value: when.</summary>
    public static byte[] Value(long seconds)
    {
        byte[] value = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(value, seconds);
        return value;
    }

    /// <summary>Reads a value.</summary>
    public static long ReadValue(ReadOnlySpan<byte> value) => BinaryPrimitives.ReadInt64LittleEndian(value);
}
