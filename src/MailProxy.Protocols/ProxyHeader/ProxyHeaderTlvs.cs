using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using static MailProxy.Protocols.ProxyHeader.ProxyHeaderTlvType;

namespace MailProxy.Protocols.ProxyHeader;

/// <summary>The TLVs behind the addresses (proxy-protocol.txt 2.2): <c>*(type (1) length (2) value)</c>. Unknown types are skipped.</summary>
internal static class ProxyHeaderTlvs
{
    private const int TlvHead = 3;

    // proxy-protocol.txt 2.2.5.
    private const int UniqueIdLimit = 128;

    // RFC 1035 2.3.4 for names; ALPN names (RFC 7301 3.1) and common names (RFC 5280 A) have the same bound or a smaller one.
    private const int TextLimit = 255;

    // client (1) and verify (4) in front of the sub-TLVs.
    private const int SslHead = 5;
    private const byte ClientSsl = 0x01;
    private const byte ClientCertificateConnection = 0x02;
    private const byte ClientCertificateSession = 0x04;

    /// <summary>Adds what the TLVs of <paramref name="header"/> from <paramref name="start"/> on say. Null: malformed, a checksum that is wrong, or a known type twice.</summary>
    public static ForwardedConnection? TryRead(ReadOnlySpan<byte> header, int start, ForwardedConnection forwarded)
    {
        var seen = new HashSet<byte>();
        for (var position = start; position < header.Length;)
        {
            if (!TryReadNext(header, ref position, out var type, out var value)
                || (Enum.IsDefined(type) && !seen.Add((byte)type)))
            {
                return null;
            }

            var added = type switch
            {
                Alpn => TryReadText(value, out var alpn) ? forwarded with { ApplicationProtocol = alpn } : null,
                Authority => TryReadText(value, out var authority) ? forwarded with { Authority = authority } : null,
                Crc32C => value.Length == ProxyHeaderChecksum.Length && ProxyHeaderChecksum.IsValid(header, position - value.Length) ? forwarded : null,
                UniqueId => value.Length <= UniqueIdLimit ? forwarded with { UniqueId = value.ToArray() } : null,
                Ssl => TryReadSsl(value, out var tls) ? forwarded with { Tls = tls } : null,
                _ => forwarded,
            };
            if (added is null)
            {
                return null;
            }

            forwarded = added;
        }

        return forwarded;
    }

    /// <summary>Reads the client's TLS. False: malformed. Null: the client did not use TLS.</summary>
    private static bool TryReadSsl(ReadOnlySpan<byte> value, out ForwardedTls? tls)
    {
        tls = null;
        if (value.Length < SslHead)
        {
            return false;
        }

        var client = value[0];
        var hasCertificate = (client & (ClientCertificateConnection | ClientCertificateSession)) != 0;
        var read = new ForwardedTls { HasVerifiedCertificate = hasCertificate && BinaryPrimitives.ReadUInt32BigEndian(value[1..]) == 0 };
        for (var position = SslHead; position < value.Length;)
        {
            if (!TryReadNext(value, ref position, out var type, out var part))
            {
                return false;
            }

            if (type is not (SslVersion or SslCommonName or SslCipher))
            {
                continue;
            }

            if (!TryReadText(part, out var text))
            {
                return false;
            }

            read = type switch
            {
                SslVersion => read with { Version = text },
                SslCommonName => read with { CommonName = text },
                _ => read with { Cipher = text },
            };
        }

        tls = (client & ClientSsl) != 0 ? read : null;
        return true;
    }

    private static bool TryReadNext(ReadOnlySpan<byte> octets, ref int position, out ProxyHeaderTlvType type, out ReadOnlySpan<byte> value)
    {
        type = default;
        value = default;
        var rest = octets[position..];
        if (rest.Length < TlvHead)
        {
            return false;
        }

        type = (ProxyHeaderTlvType)rest[0];
        var length = BinaryPrimitives.ReadUInt16BigEndian(rest[1..]);
        if (rest.Length < TlvHead + length)
        {
            return false;
        }

        value = rest.Slice(TlvHead, length);
        position += TlvHead + length;
        return true;
    }

    private static bool TryReadText(ReadOnlySpan<byte> value, out string text)
    {
        text = "";
        if (value.Length > TextLimit || !Utf8.IsValid(value))
        {
            return false;
        }

        text = Encoding.UTF8.GetString(value);
        return !text.Any(char.IsControl);
    }
}
