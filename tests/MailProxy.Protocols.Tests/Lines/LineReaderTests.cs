using System.Buffers;
using MailProxy.Protocols.Lines;
using Xunit;

namespace MailProxy.Protocols.Tests.Lines;

public sealed class LineReaderTests
{
    [Theory]
    [InlineData("NOOP\r\nrest", ReadStatus.Done, "NOOP", "rest")]
    [InlineData("\r\n", ReadStatus.Done, "", "")]
    [InlineData("NOOP\nrest", ReadStatus.Malformed, "", "rest")]
    [InlineData("NO\rOP\r\nrest", ReadStatus.Malformed, "", "rest")]
    [InlineData("NO\0OP\r\nrest", ReadStatus.Malformed, "", "rest")]
    [InlineData("\nrest", ReadStatus.Malformed, "", "rest")]
    [InlineData("NOOP\r", ReadStatus.NeedMore, "", "NOOP\r")]
    [InlineData("", ReadStatus.NeedMore, "", "")]
    public void A_line_ends_in_crlf_and_in_nothing_else(string input, ReadStatus expected, string expectedLine, string expectedRest)
    {
        foreach (var buffer in Cuts.Of(Cuts.Octets(input)))
        {
            Assert.Equal(expected, LineReader.TryReadLine(buffer, 100, out var line, out var end));
            Assert.Equal(expectedRest, Cuts.Text(buffer.Slice(end).ToArray()));
            if (expected == ReadStatus.Done)
            {
                Assert.Equal(expectedLine, Cuts.Text(line.ToArray()));
            }
        }
    }

    [Theory]
    [InlineData(5, ReadStatus.TooLong)]
    [InlineData(6, ReadStatus.Done)]
    [InlineData(7, ReadStatus.Done)]
    public void The_limit_counts_the_crlf(int limit, ReadStatus expected)
    {
        foreach (var buffer in Cuts.Of("NOOP\r\n"u8.ToArray()))
        {
            Assert.Equal(expected, LineReader.TryReadLine(buffer, limit, out _, out _));
        }
    }

    [Theory]
    [InlineData(4, ReadStatus.TooLong)]
    [InlineData(5, ReadStatus.NeedMore)]
    public void An_endless_line_is_too_long_before_it_ends(int limit, ReadStatus expected) =>
        Assert.Equal(expected, LineReader.TryReadLine(new("NOOP"u8.ToArray()), limit, out _, out _));
}
