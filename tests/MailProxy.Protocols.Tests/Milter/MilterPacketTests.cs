using System.Buffers;
using MailProxy.Protocols.Milter;
using MailProxy.Protocols.Tests.Lines;
using Xunit;

namespace MailProxy.Protocols.Tests.Milter;

public sealed class MilterPacketTests
{
    private const string Accept = "\0\0\0\x01" + "a";
    private const string AddHeader = "\0\0\0\x09" + "hX-A\0one\0";

    [Theory]
    [InlineData(Accept, 'a', "")]
    [InlineData(AddHeader, 'h', "X-A\0one\0")]
    public void A_packet_is_read_however_its_octets_come(string text, char code, string data)
    {
        foreach (var buffer in Cuts.Of(Cuts.Octets(text + "rest")))
        {
            Assert.Equal(ReadStatus.Done, MilterPacket.TryRead(buffer, 100, out var packet, out var end));
            Assert.Equal(((byte)code, data), (packet.Code, Cuts.Text(packet.Data)));
            Assert.Equal("rest", Cuts.Text(buffer.Slice(end).ToArray()));
        }
    }

    [Fact]
    public void Every_beginning_needs_more()
    {
        for (var length = 0; length < AddHeader.Length; length++)
        {
            foreach (var buffer in Cuts.Of(Cuts.Octets(AddHeader[..length])))
            {
                Assert.Equal(ReadStatus.NeedMore, MilterPacket.TryRead(buffer, 100, out _, out _));
            }
        }
    }

    [Theory]
    [InlineData(8, ReadStatus.TooLong)]
    [InlineData(9, ReadStatus.Done)]
    [InlineData(10, ReadStatus.Done)]
    public void The_limit_counts_code_and_data(int limit, ReadStatus status) =>
        Assert.Equal(status, MilterPacket.TryRead(new(Cuts.Octets(AddHeader)), limit, out _, out _));

    [Fact]
    public void A_length_that_is_too_long_is_told_before_the_rest_has_come() =>
        Assert.Equal(ReadStatus.TooLong, MilterPacket.TryRead(new(Cuts.Octets("\x7F\xFF\xFF\xFF")), 1_000_000, out _, out _));

    [Fact]
    public void A_packet_without_a_code_is_none() =>
        Assert.Equal(ReadStatus.Malformed, MilterPacket.TryRead(new(Cuts.Octets("\0\0\0\0")), 100, out _, out _));

    [Fact]
    public void What_is_written_is_read()
    {
        for (var length = 0; length < 300; length++)
        {
            var data = Enumerable.Range(0, length).Select(octet => (byte)octet).ToArray();
            var output = new ArrayBufferWriter<byte>();
            MilterPacket.Write(output, (byte)'B', data);
            Assert.Equal(ReadStatus.Done, MilterPacket.TryRead(new(output.WrittenMemory), length + 1, out var packet, out _));
            Assert.Equal(data, packet.Data);
        }
    }
}
