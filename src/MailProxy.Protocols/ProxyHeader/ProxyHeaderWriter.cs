using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using static MailProxy.Protocols.ProxyHeader.ProxyHeaderTlvType;
using static MailProxy.Protocols.ProxyHeader.ProxyHeaderVersion2;

namespace MailProxy.Protocols.ProxyHeader;

/// <summary>Writes version 2 headers with a checksum, and TLVs for what is known beside the addresses.</summary>
public static class ProxyHeaderWriter
{
    private const byte ClientSsl = 0x01;
    private const byte ClientCertificateSession = 0x04;

    /// <summary>
    /// Writes one header. Addresses of different families both go as IPv6 (an IPv4 one mapped); without addresses the family is unspecified.
    /// Texts are host names, TLS names and the like: at most 255 octets, judged where they came in.
    /// </summary>
    public static void Write(IBufferWriter<byte> output, ForwardedConnection forwarded)
    {
        var header = new ArrayBufferWriter<byte>();
        header.Write(ProxyHeaderReader.Signature);
        header.Write([forwarded.IsLocal ? CommandLocal : CommandProxy]);
        WriteAddresses(header, forwarded);
        WriteTlvs(header, forwarded);
        var field = header.WrittenCount + 3;
        WriteTlv(header, Crc32C, new byte[ProxyHeaderChecksum.Length]);

        var octets = header.WrittenSpan.ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(FixedLength - 2), checked((ushort)(octets.Length - FixedLength)));
        BinaryPrimitives.WriteUInt32BigEndian(octets.AsSpan(field), ProxyHeaderChecksum.Compute(octets, field));
        output.Write(octets);
    }

    private static void WriteAddresses(ArrayBufferWriter<byte> header, ForwardedConnection forwarded)
    {
        // Family, protocol, and the length that is filled in at the end.
        if (forwarded.IsLocal || forwarded is not { Source: { } source, Destination: { } destination })
        {
            header.Write<byte>([Unspecified, 0, 0]);
            return;
        }

        var from = Unmap(source.Address);
        var to = Unmap(destination.Address);
        var isFour = from.AddressFamily == AddressFamily.InterNetwork && to.AddressFamily == AddressFamily.InterNetwork;
        header.Write<byte>([isFour ? TcpOverIpv4 : TcpOverIpv6, 0, 0]);
        header.Write((isFour ? from : from.MapToIPv6()).GetAddressBytes());
        header.Write((isFour ? to : to.MapToIPv6()).GetAddressBytes());
        WriteUInt16(header, source.Port);
        WriteUInt16(header, destination.Port);
    }

    private static void WriteTlvs(ArrayBufferWriter<byte> header, ForwardedConnection forwarded)
    {
        WriteText(header, Alpn, forwarded.ApplicationProtocol);
        WriteText(header, Authority, forwarded.Authority);
        if (!forwarded.UniqueId.IsEmpty)
        {
            WriteTlv(header, UniqueId, forwarded.UniqueId.Span);
        }

        if (forwarded.Tls is { } tls)
        {
            var value = new ArrayBufferWriter<byte>();
            value.Write([(byte)(ClientSsl | (tls.HasVerifiedCertificate ? ClientCertificateSession : 0))]);

            // verify: zero means verified, and only that.
            value.Write(tls.HasVerifiedCertificate ? [0, 0, 0, 0] : [0, 0, 0, 1]);
            WriteText(value, SslVersion, tls.Version);
            WriteText(value, SslCipher, tls.Cipher);
            WriteText(value, SslCommonName, tls.CommonName);
            WriteTlv(header, Ssl, value.WrittenSpan);
        }
    }

    private static IPAddress Unmap(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static void WriteText(ArrayBufferWriter<byte> output, ProxyHeaderTlvType type, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            WriteTlv(output, type, Encoding.UTF8.GetBytes(text));
        }
    }

    private static void WriteTlv(ArrayBufferWriter<byte> output, ProxyHeaderTlvType type, ReadOnlySpan<byte> value)
    {
        output.Write([(byte)type]);
        WriteUInt16(output, value.Length);
        output.Write(value);
    }

    private static void WriteUInt16(ArrayBufferWriter<byte> output, int value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(output.GetSpan(2), checked((ushort)value));
        output.Advance(2);
    }
}
