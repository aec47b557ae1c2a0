using System.Buffers;
using System.Buffers.Binary;
using System.Net;

namespace MailProxy.Protocols.ProxyHeader;

/// <summary>
/// The binary form (proxy-protocol.txt 2.2): signature, version and command (1 octet), family and protocol (1), length of the rest (2),
/// addresses (12 for TCP over IPv4, 36 over IPv6, 216 for UNIX), TLVs.
/// </summary>
internal static class ProxyHeaderVersion2
{
    internal const int FixedLength = 16;
    internal const int Ipv4Length = 12;
    internal const int Ipv6Length = 36;
    internal const byte CommandLocal = 0x20;
    internal const byte CommandProxy = 0x21;
    internal const byte TcpOverIpv4 = 0x11;
    internal const byte TcpOverIpv6 = 0x21;
    internal const byte Unspecified = 0x00;

    private const int UnixLength = 216;

    // The format allows 65,551. Every TLV that is read here, a certificate's names included, fits ten times over.
    private const int HeaderLimit = 4_096;

    public static ReadStatus TryRead(in ReadOnlySequence<byte> buffer, out ForwardedConnection? forwarded, out SequencePosition end)
    {
        forwarded = null;
        end = buffer.Start;
        if (buffer.Length < FixedLength)
        {
            return ReadStatus.NeedMore;
        }

        Span<byte> head = stackalloc byte[FixedLength];
        buffer.Slice(0, FixedLength).CopyTo(head);
        if (head[12] is not (CommandLocal or CommandProxy))
        {
            return ReadStatus.Malformed;
        }

        var length = FixedLength + BinaryPrimitives.ReadUInt16BigEndian(head[14..]);
        if (length > HeaderLimit)
        {
            return ReadStatus.TooLong;
        }

        if (buffer.Length < length)
        {
            return ReadStatus.NeedMore;
        }

        end = buffer.GetPosition(length);
        forwarded = Parse(buffer.Slice(0, length).ToArray());
        return forwarded is null ? ReadStatus.Malformed : ReadStatus.Done;
    }

    private static ForwardedConnection? Parse(byte[] header)
    {
        var isLocal = header[12] == CommandLocal;
        int? addressLength = header[13] switch
        {
            Unspecified => 0,
            TcpOverIpv4 => Ipv4Length,
            TcpOverIpv6 => Ipv6Length,
            0x31 => UnixLength,
            _ => null,
        };
        if (addressLength is null)
        {
            // LOCAL: whatever the sender put there is to be skipped. PROXY: UDP, or nothing known; no mail comes that way.
            return isLocal ? new ForwardedConnection { IsLocal = true } : null;
        }

        var rest = header.AsSpan(FixedLength);
        if (rest.Length < addressLength)
        {
            return null;
        }

        var addresses = rest[..addressLength.Value];
        var forwarded = new ForwardedConnection { IsLocal = isLocal };
        if (!isLocal && header[13] is TcpOverIpv4 or TcpOverIpv6)
        {
            var size = header[13] == TcpOverIpv4 ? 4 : 16;
            forwarded = forwarded with
            {
                Source = new(new IPAddress(addresses[..size]), BinaryPrimitives.ReadUInt16BigEndian(addresses[(2 * size)..])),
                Destination = new(new IPAddress(addresses.Slice(size, size)), BinaryPrimitives.ReadUInt16BigEndian(addresses[((2 * size) + 2)..])),
            };
        }

        return ProxyHeaderTlvs.TryRead(header, FixedLength + addressLength.Value, forwarded);
    }
}
