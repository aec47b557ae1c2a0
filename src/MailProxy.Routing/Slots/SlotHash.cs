using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MailProxy.Routing.Slots;

/// <summary>Which slot a user falls into.</summary>
public static class SlotHash
{
    /// <summary>The first 32 bits of SHA-256 of the name in UTF-8, big-endian, modulo the number of slots.</summary>
    public static int SlotOf(string user, int count)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(user), digest);
        return (int)(BinaryPrimitives.ReadUInt32BigEndian(digest) % (uint)count);
    }
}
