using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace MailProxy.Directory.Guard;

/// <summary>Whom a rate by address counts as one: an IPv4 address, or an IPv6 /64, which is what one subscriber is given (RFC 6177).</summary>
internal readonly record struct ClientPrefix(ulong Prefix, bool IsV6)
{
    /// <summary>Null without an address (in memory).</summary>
    public static ClientPrefix? Of(IPEndPoint? client)
    {
        if (client is null)
        {
            return null;
        }

        Span<byte> octets = stackalloc byte[16];
        var isV6 = client.AddressFamily == AddressFamily.InterNetworkV6 && !client.Address.IsIPv4MappedToIPv6;
        _ = client.Address.TryWriteBytes(octets, out var length);
        return isV6
            ? new ClientPrefix(BinaryPrimitives.ReadUInt64BigEndian(octets), true)
            : new ClientPrefix(BinaryPrimitives.ReadUInt32BigEndian(octets[(length - sizeof(uint))..]), false);
    }
}
