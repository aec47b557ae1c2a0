using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;

namespace MailProxy.Transport.Linux.Native;

/// <summary>
/// struct sockaddr_in and sockaddr_in6 (ip(7), ipv6(7)):
/// family (2, host order) port (2, network order), then v4: address (4) padding (8); v6: flow (4) address (16) scope (4, host order).
/// </summary>
internal static class SocketAddressCodec
{
    /// <summary>Room for any address that we use.</summary>
    public const int MaxLength = 28;

    private const int V4Length = 16;
    private const int V6Length = 28;

    /// <summary>The address family of a socket for this endpoint.</summary>
    public static int FamilyOf(IPEndPoint endPoint) => endPoint.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? Libc.FamilyV6 : Libc.FamilyV4;

    /// <summary>Writes the address; returns its length.</summary>
    public static int Write(IPEndPoint endPoint, Span<byte> target)
    {
        target.Clear();
        var family = (ushort)FamilyOf(endPoint);
        MemoryMarshal.Write(target, in family);
        BinaryPrimitives.WriteUInt16BigEndian(target[2..], (ushort)endPoint.Port);
        if (family == Libc.FamilyV4)
        {
            endPoint.Address.TryWriteBytes(target[4..], out _);
            return V4Length;
        }

        endPoint.Address.TryWriteBytes(target[8..], out _);
        var scope = (uint)endPoint.Address.ScopeId;
        MemoryMarshal.Write(target[24..], in scope);
        return V6Length;
    }

    /// <summary>Reads an address; null when it is of another family.</summary>
    public static IPEndPoint? Read(ReadOnlySpan<byte> source)
    {
        var port = BinaryPrimitives.ReadUInt16BigEndian(source[2..]);
        return MemoryMarshal.Read<ushort>(source) switch
        {
            Libc.FamilyV4 => new IPEndPoint(new IPAddress(source.Slice(4, 4)), port),
            Libc.FamilyV6 => new IPEndPoint(new IPAddress(source.Slice(8, 16), MemoryMarshal.Read<uint>(source[24..])), port),
            _ => null,
        };
    }
}
