using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace MailProxy.Transport.Serving;

/// <summary>
/// Whom a limit by address counts as one: an IPv4 address, or an IPv6 /64, which is what one subscriber is given (RFC 6177).
/// IPv4 within IPv6 (a dual-stack listener, RFC 4291 2.5.5.2) is IPv4, or all of it would be one /64.
/// </summary>
/// <param name="Prefix">The address, or the first 64 bits of it.</param>
/// <param name="IsV6">Which of both.</param>
public readonly record struct ClientNetwork(ulong Prefix, bool IsV6)
{
    /// <summary>Null for peers without an IP address (in memory).</summary>
    public static ClientNetwork? Of(EndPoint? client)
    {
        if (client is not IPEndPoint { Address: var address })
        {
            return null;
        }

        Span<byte> octets = stackalloc byte[16];
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && !address.IsIPv4MappedToIPv6)
        {
            _ = address.TryWriteBytes(octets, out _);
            return new ClientNetwork(BinaryPrimitives.ReadUInt64BigEndian(octets), IsV6: true);
        }

        _ = address.TryWriteBytes(octets, out var length);
        return new ClientNetwork(BinaryPrimitives.ReadUInt32BigEndian(octets[(length - sizeof(uint))..]), IsV6: false);
    }
}
