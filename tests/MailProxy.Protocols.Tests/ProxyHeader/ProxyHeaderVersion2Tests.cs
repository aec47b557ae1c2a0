using System.Buffers;
using System.Net;
using System.Text;
using CsCheck;
using MailProxy.Protocols.ProxyHeader;
using MailProxy.Protocols.Tests.Lines;
using Xunit;

namespace MailProxy.Protocols.Tests.ProxyHeader;

public sealed class ProxyHeaderVersion2Tests
{
    private static readonly byte[] Addresses = [192, 0, 2, 1, 198, 51, 100, 2, 0x9C, 0x40, 0, 143];

    [Fact]
    public void A_header_gives_both_endpoints()
    {
        var header = Header(0x21, 0x11, Addresses);
        foreach (var buffer in Cuts.Of([.. header, .. "EHLO"u8]))
        {
            Assert.Equal(ReadStatus.Done, ProxyHeaderReader.TryRead(buffer, out var forwarded, out var end));
            Assert.Equal(IPEndPoint.Parse("192.0.2.1:40000"), forwarded!.Source);
            Assert.Equal(IPEndPoint.Parse("198.51.100.2:143"), forwarded.Destination);
            Assert.Equal(4, buffer.Slice(end).Length);
        }

        for (var length = 0; length < header.Length; length++)
        {
            Assert.Equal(ReadStatus.NeedMore, ProxyHeaderReader.TryRead(new(header[..length]), out _, out _));
        }
    }

    [Theory]
    [InlineData(0x00, 0)]
    [InlineData(0x11, 12)]
    [InlineData(0x31, 216)]
    [InlineData(0xFF, 5)]
    public void Local_keeps_the_real_endpoints_whatever_follows(int family, int length)
    {
        Assert.Equal(ReadStatus.Done, ProxyHeaderReader.TryRead(new(Header(0x20, (byte)family, new byte[length])), out var forwarded, out _));
        Assert.True(forwarded!.IsLocal);
        Assert.Null(forwarded.Source);
    }

    [Theory]
    [InlineData(0x00, 0)]
    [InlineData(0x31, 216)]
    public void Unknown_families_have_no_endpoints(int family, int length)
    {
        Assert.Equal(ReadStatus.Done, ProxyHeaderReader.TryRead(new(Header(0x21, (byte)family, new byte[length])), out var forwarded, out _));
        Assert.False(forwarded!.IsLocal);
        Assert.Null(forwarded.Source);
    }

    public static TheoryData<string, byte[]> Broken => new()
    {
        { "version 1 in binary", Header(0x11, 0x11, Addresses) },
        { "unknown command", Header(0x22, 0x11, Addresses) },
        { "UDP", Header(0x21, 0x12, Addresses) },
        { "addresses too short", Header(0x21, 0x11, Addresses[..11]) },
        { "IPv6 too short", Header(0x21, 0x21, new byte[35]) },
        { "a TLV's head cut", Header(0x21, 0x11, [.. Addresses, 0x04, 0]) },
        { "a TLV over the end", Header(0x21, 0x11, [.. Addresses, 0x04, 0, 2, 0]) },
        { "authority twice", Header(0x21, 0x11, [.. Addresses, 2, 0, 1, (byte)'a', 2, 0, 1, (byte)'b']) },
        { "authority with a line break", Header(0x21, 0x11, [.. Addresses, 2, 0, 2, (byte)'\r', (byte)'\n']) },
        { "authority not UTF-8", Header(0x21, 0x11, [.. Addresses, 2, 0, 1, 0xFF]) },
        { "SSL too short", Header(0x21, 0x11, [.. Addresses, 0x20, 0, 4, 1, 0, 0, 0]) },
        { "SSL part over the end", Header(0x21, 0x11, [.. Addresses, 0x20, 0, 8, 1, 0, 0, 0, 0, 0x21, 0, 9]) },
        { "checksum wrong", Header(0x21, 0x11, [.. Addresses, 3, 0, 4, 1, 2, 3, 4]) },
        { "checksum too short", Header(0x21, 0x11, [.. Addresses, 3, 0, 2, 1, 2]) },
        { "unique id too long", Header(0x21, 0x11, [.. Addresses, 5, 0, 129, .. new byte[129]]) },
        { "authority too long", Header(0x21, 0x11, [.. Addresses, 2, 1, 0, .. Enumerable.Repeat((byte)'a', 256)]) },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void Broken_headers_are_malformed(string what, byte[] header)
    {
        foreach (var buffer in Cuts.Of(header))
        {
            Assert.True(ProxyHeaderReader.TryRead(buffer, out var forwarded, out _) == ReadStatus.Malformed, what);
            Assert.Null(forwarded);
        }
    }

    [Fact]
    public void The_checksum_is_that_of_the_specification()
    {
        // Computed with an independent implementation (reflected polynomial 0x82F63B78) over the header with a zero field.
        var header = Header(0x21, 0x11, [.. Addresses, 3, 0, 4, 0, 0, 0, 0]);
        var crc = uint.MaxValue;
        foreach (var octet in header)
        {
            crc ^= octet;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F6_3B78 : crc >> 1;
            }
        }

        crc = ~crc;
        byte[] field = [(byte)(crc >> 24), (byte)(crc >> 16), (byte)(crc >> 8), (byte)crc];
        field.CopyTo(header, header.Length - 4);
        Assert.Equal(ReadStatus.Done, ProxyHeaderReader.TryRead(new(header), out _, out _));
        var type = header.Length - 7;
        foreach (var index in Enumerable.Range(16, header.Length - 16).Where(index => index != type))
        {
            var damaged = header.ToArray();
            damaged[index] ^= 0x40;
            Assert.NotEqual(ReadStatus.Done, ProxyHeaderReader.TryRead(new(damaged), out _, out _));
        }
    }

    [Theory]
    [InlineData(4_080, ReadStatus.Done)]
    [InlineData(4_081, ReadStatus.TooLong)]
    public void A_header_has_at_most_4096_octets(int length, ReadStatus expected)
    {
        // One TLV of an unknown type fills it.
        var value = length - 3;
        var header = Header(0x21, 0x00, [0x04, (byte)(value >> 8), (byte)value, .. new byte[value]]);
        Assert.Equal(expected, ProxyHeaderReader.TryRead(new(header), out _, out _));
        Assert.Equal(expected == ReadStatus.Done ? ReadStatus.NeedMore : ReadStatus.TooLong, ProxyHeaderReader.TryRead(new(header[..16]), out _, out _));
    }

    [Theory]
    [InlineData(0x01, 0u, false, true)]
    [InlineData(0x07, 0u, true, true)]
    [InlineData(0x05, 0u, true, true)]
    [InlineData(0x05, 1u, false, true)]
    [InlineData(0x00, 0u, false, false)]
    public void A_certificate_counts_only_when_it_was_presented_and_verified(int client, uint verify, bool expected, bool isTls)
    {
        byte[] tlv = [0x20, 0, 9, (byte)client, 0, 0, 0, (byte)verify, 0x22, 0, 1, (byte)'c'];
        Assert.Equal(ReadStatus.Done, ProxyHeaderReader.TryRead(new(Header(0x21, 0x11, [.. Addresses, .. tlv])), out var forwarded, out _));
        Assert.Equal(isTls, forwarded!.Tls is not null);
        Assert.Equal(expected, forwarded.Tls?.HasVerifiedCertificate ?? false);
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        var text = Gen.String[Gen.Char['!', '~'], 1, 40];
        var four = Gen.Select(Gen.Byte.Array[4], Gen.Int[0, 65_535], (octets, port) => new IPEndPoint(new IPAddress(octets), port));
        var six = Gen.Select(Gen.Byte.Array[16], Gen.Int[0, 65_535], (octets, port) => new IPEndPoint(new IPAddress([0x20, .. octets[1..]]), port));
        var pair = Gen.OneOf(Gen.Select(four, four), Gen.Select(six, six));
        Gen.Select(pair, text, text, Gen.Byte.Array[0, 128], Gen.Bool, Gen.Bool).Sample((ends, authority, cipher, id, isTls, isVerified) =>
        {
            var written = new ForwardedConnection
            {
                Source = ends.Item1,
                Destination = ends.Item2,
                Authority = authority,
                ApplicationProtocol = "imap",
                Tls = isTls ? new() { Cipher = cipher, Version = "TLSv1.3", CommonName = isVerified ? authority : "", HasVerifiedCertificate = isVerified } : null,
            };
            var output = new ArrayBufferWriter<byte>();
            ProxyHeaderWriter.Write(output, written with { UniqueId = id });
            Assert.Equal(ReadStatus.Done, ProxyHeaderReader.TryRead(new(output.WrittenMemory), out var read, out _));
            Assert.Equal(id, read!.UniqueId.ToArray());
            Assert.Equal(written, read with { UniqueId = default });
        });
    }

    [Fact]
    public void Mapped_and_mixed_addresses_are_written_in_one_family()
    {
        Assert.Equal(IPEndPoint.Parse("192.0.2.1:1"), WriteAndRead("[::ffff:192.0.2.1]:1", "198.51.100.2:2").Source);
        Assert.Equal(IPEndPoint.Parse("[::ffff:192.0.2.1]:1"), WriteAndRead("192.0.2.1:1", "[2001:db8::1]:2").Source);
    }

    [Fact]
    public void Local_is_written_without_addresses()
    {
        var output = new ArrayBufferWriter<byte>();
        ProxyHeaderWriter.Write(output, new ForwardedConnection { IsLocal = true });
        Assert.Equal(0x20, output.WrittenSpan[12]);
        Assert.Equal(ReadStatus.Done, ProxyHeaderReader.TryRead(new(output.WrittenMemory), out var read, out _));
        Assert.True(read!.IsLocal);
    }

    private static ForwardedConnection WriteAndRead(string source, string destination)
    {
        var output = new ArrayBufferWriter<byte>();
        ProxyHeaderWriter.Write(output, new ForwardedConnection { Source = IPEndPoint.Parse(source), Destination = IPEndPoint.Parse(destination) });
        Assert.Equal(ReadStatus.Done, ProxyHeaderReader.TryRead(new(output.WrittenMemory), out var read, out _));
        return read!;
    }

    private static byte[] Header(byte command, byte family, byte[] rest) =>
        [.. Encoding.Latin1.GetBytes("\r\n\r\n\0\r\nQUIT\n"), command, family, (byte)(rest.Length >> 8), (byte)rest.Length, .. rest];
}
