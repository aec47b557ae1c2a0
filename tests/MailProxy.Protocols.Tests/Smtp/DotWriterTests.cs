using System.Buffers;
using MailProxy.Protocols.Smtp;
using MailProxy.Protocols.Tests.Lines;
using Xunit;

namespace MailProxy.Protocols.Tests.Smtp;

public sealed class DotWriterTests
{
    [Theory]
    [InlineData("", ".\r\n")]
    [InlineData("a\r\n", "a\r\n.\r\n")]
    [InlineData(".\r\n.a\r\n", "..\r\n..a\r\n.\r\n")]
    [InlineData("no end", "no end\r\n.\r\n")]
    [InlineData("a\n", "a\n\r\n.\r\n")]
    [InlineData("a\r", "a\r\r\n.\r\n")]
    [InlineData("a\n.\nb\r\n", "a\n..\nb\r\n.\r\n")]
    public void A_lone_dot_is_the_end_and_nothing_else(string content, string wire)
    {
        foreach (var pieces in Cuts.Of(Cuts.Octets(content)))
        {
            var output = new ArrayBufferWriter<byte>();
            var writer = new DotWriter();
            foreach (var piece in pieces)
            {
                writer.Write(piece.Span, output);
            }

            writer.End(output);
            Assert.Equal(wire, Cuts.Text(output.WrittenSpan));
        }
    }
}
