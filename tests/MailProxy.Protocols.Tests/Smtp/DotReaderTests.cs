using System.Buffers;
using CsCheck;
using MailProxy.Protocols.Smtp;
using MailProxy.Protocols.Tests.Lines;
using Xunit;

namespace MailProxy.Protocols.Tests.Smtp;

public sealed class DotReaderTests
{
    [Theory]
    [InlineData(".\r\n", "")]
    [InlineData("a\r\n.\r\n", "a\r\n")]
    [InlineData("a\r\n\r\n.\r\n", "a\r\n\r\n")]
    [InlineData("..\r\n.\r\n", ".\r\n")]
    [InlineData("..a\r\n...\r\n.\r\n", ".a\r\n..\r\n")]
    [InlineData(".a\r\n.\r\n", "a\r\n")]
    [InlineData("a.\r\n.\r\n", "a.\r\n")]
    [InlineData("a\0\xFF\r\n.\r\n", "a\0\xFF\r\n")]
    public void Dots_are_taken_out_and_the_end_is_found(string wire, string content)
    {
        foreach (var buffer in Cuts.Of(Cuts.Octets(wire + "NOOP\r\n")))
        {
            var reader = new DotReader();
            var output = new ArrayBufferWriter<byte>();
            Assert.Equal(ReadStatus.Done, reader.TryRead(buffer, output, out var consumed));
            Assert.Equal(content, Cuts.Text(output.WrittenSpan));
            Assert.Equal("NOOP\r\n", Cuts.Text(buffer.Slice(consumed).ToArray()));
            Assert.False(reader.HasBareLineEnd);
            Assert.Equal(content.Length, reader.Length);
        }
    }

    [Theory]
    [InlineData("a\n.\nb\r\n.\r\n", "a")]
    [InlineData("a\n.\r\nb\r\n.\r\n", "a")]
    [InlineData("a\r\n.\nb\r\n.\r\n", "a\r\n")]
    [InlineData("a\r\n.\rb\r\n.\r\n", "a\r\n")]
    [InlineData("a\r.\rb\r\n.\r\n", "a")]
    [InlineData("a\r.\r\nb\r\n.\r\n", "a")]
    [InlineData("a\r\r\n.\r\n", "a")]
    [InlineData("\n\r\n.\r\n", "")]
    [InlineData("a\r\n.\r\r\n.\r\n", "a\r\n")]
    public void Only_crlf_dot_crlf_ends_a_message_and_bare_line_ends_are_never_given_out(string wire, string content)
    {
        foreach (var buffer in Cuts.Of(Cuts.Octets(wire + "NOOP\r\n")))
        {
            var reader = new DotReader();
            var output = new ArrayBufferWriter<byte>();
            Assert.Equal(ReadStatus.Done, reader.TryRead(buffer, output, out var consumed));
            Assert.True(reader.HasBareLineEnd);
            Assert.Equal(content, Cuts.Text(output.WrittenSpan));
            Assert.Equal("NOOP\r\n", Cuts.Text(buffer.Slice(consumed).ToArray()));
        }
    }

    [Fact]
    public void Nothing_is_kept_between_the_pieces()
    {
        var wire = "one\r\n..two\r\n.\r\n"u8.ToArray();
        for (var first = 0; first <= wire.Length; first++)
        {
            for (var second = first; second < wire.Length; second++)
            {
                var reader = new DotReader();
                var output = new ArrayBufferWriter<byte>();
                foreach (var piece in new[] { wire[..first], wire[first..second] })
                {
                    var buffer = new ReadOnlySequence<byte>(piece);
                    Assert.Equal(ReadStatus.NeedMore, reader.TryRead(buffer, output, out var consumed));
                    Assert.True(buffer.Slice(consumed).IsEmpty);
                }

                Assert.Equal(ReadStatus.Done, reader.TryRead(new(wire[second..]), output, out _));
                Assert.Equal("one\r\n.two\r\n", Cuts.Text(output.WrittenSpan));
            }
        }
    }

    [Fact]
    public void Without_an_output_the_length_is_still_counted()
    {
        var reader = new DotReader();
        Assert.Equal(ReadStatus.Done, reader.TryRead(new("..a\r\n.\r\n"u8.ToArray()), null, out _));
        Assert.Equal(4, reader.Length);
    }

    [Fact]
    public void What_is_stuffed_is_read_back()
    {
        var line = Gen.OneOf(new[] { "", ".", "..", ".x", "x", "x.", "longer text", "\0" }.Select(Gen.Const).ToArray()).Select(text => text + "\r\n");
        Gen.Select(line.Array[0, 12], Gen.Int[1, 5], Gen.Int[1, 5]).Sample((lines, writeSize, readSize) =>
        {
            var content = Cuts.Octets(string.Concat(lines));
            var wire = new ArrayBufferWriter<byte>();
            var writer = new DotWriter();
            foreach (var piece in content.Chunk(writeSize))
            {
                writer.Write(piece, wire);
            }

            writer.End(wire);
            var output = new ArrayBufferWriter<byte>();
            var reader = new DotReader();
            var status = reader.TryRead(Cuts.Join(wire.WrittenSpan.ToArray().Chunk(readSize)), output, out var consumed);
            Assert.Equal(ReadStatus.Done, status);
            Assert.Equal(content, output.WrittenSpan.ToArray());
            Assert.False(reader.HasBareLineEnd);
        });
    }
}
