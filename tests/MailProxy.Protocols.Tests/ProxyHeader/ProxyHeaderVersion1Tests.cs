using System.Net;
using MailProxy.Protocols.ProxyHeader;
using MailProxy.Protocols.Tests.Lines;
using Xunit;

namespace MailProxy.Protocols.Tests.ProxyHeader;

public sealed class ProxyHeaderVersion1Tests
{
    [Theory]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 40000 143\r\n", "192.0.2.1:40000", "198.51.100.2:143")]
    [InlineData("PROXY TCP6 2001:db8::1 ::1 0 65535\r\n", "[2001:db8::1]:0", "[::1]:65535")]
    [InlineData("PROXY UNKNOWN\r\n", null, null)]
    [InlineData("PROXY UNKNOWN ffff::1 whatever 1 2\r\n", null, null)]
    public void A_line_gives_both_endpoints(string header, string? source, string? destination)
    {
        foreach (var buffer in Cuts.Of(Cuts.Octets(header + "EHLO")))
        {
            Assert.Equal(ReadStatus.Done, ProxyHeaderReader.TryRead(buffer, out var forwarded, out var end));
            Assert.Equal(source is null ? null : IPEndPoint.Parse(source), forwarded!.Source);
            Assert.Equal(destination is null ? null : IPEndPoint.Parse(destination), forwarded.Destination);
            Assert.False(forwarded.IsLocal);
            Assert.Equal(4, buffer.Slice(end).Length);
        }
    }

    [Theory]
    [InlineData("EHLO host\r\n")]
    [InlineData("PROXY\r\n")]
    [InlineData("proxy TCP4 1.2.3.4 1.2.3.4 1 2\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 40000 143\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 40000\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 40000 143 x\r\n")]
    [InlineData("PROXY TCP4  192.0.2.1 198.51.100.2 40000 143\r\n")]
    [InlineData("PROXY TCP4 ::1 ::1 40000 143\r\n")]
    [InlineData("PROXY TCP6 1.2.3.4 1.2.3.4 40000 143\r\n")]
    [InlineData("PROXY TCP4 010.0.0.1 1.2.3.4 40000 143\r\n")]
    [InlineData("PROXY TCP4 1 1.2.3.4 40000 143\r\n")]
    [InlineData("PROXY TCP6 fe80::1%1 ::1 40000 143\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 65536 143\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 -1 143\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 01 143\r\n")]
    [InlineData("PROXY UDP4 1.2.3.4 1.2.3.4 1 2\r\n")]
    public void Anything_else_is_malformed(string header)
    {
        foreach (var buffer in Cuts.Of(Cuts.Octets(header)))
        {
            Assert.Equal(ReadStatus.Malformed, ProxyHeaderReader.TryRead(buffer, out var forwarded, out _));
            Assert.Null(forwarded);
        }
    }

    [Theory]
    [InlineData(107, ReadStatus.Done)]
    [InlineData(108, ReadStatus.TooLong)]
    public void A_line_has_at_most_107_octets(int length, ReadStatus expected)
    {
        var header = "PROXY UNKNOWN ".PadRight(length - 2, 'x') + "\r\n";
        Assert.Equal(expected, ProxyHeaderReader.TryRead(new(Cuts.Octets(header)), out _, out _));
        Assert.Equal(
            expected == ReadStatus.Done ? ReadStatus.NeedMore : ReadStatus.TooLong,
            ProxyHeaderReader.TryRead(new(Cuts.Octets(header[..^1])), out _, out _));
    }
}
