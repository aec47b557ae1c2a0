using System.Buffers.Binary;
using System.Numerics;

namespace MailProxy.Protocols.ProxyHeader;

/// <summary>The checksum of RFC 4960 B over a whole header whose checksum field counts as zero (proxy-protocol.txt 2.2.4).</summary>
internal static class ProxyHeaderChecksum
{
    public const int Length = 4;

    /// <summary>Of <paramref name="header"/>, whose checksum field begins at <paramref name="field"/>.</summary>
    public static uint Compute(ReadOnlySpan<byte> header, int field)
    {
        var crc = uint.MaxValue;
        for (var index = 0; index < header.Length; index++)
        {
            crc = BitOperations.Crc32C(crc, index >= field && index < field + Length ? (byte)0 : header[index]);
        }

        return ~crc;
    }

    /// <summary>True when the field holds what the header's checksum is.</summary>
    public static bool IsValid(ReadOnlySpan<byte> header, int field) =>
        BinaryPrimitives.ReadUInt32BigEndian(header[field..]) == Compute(header, field);
}
