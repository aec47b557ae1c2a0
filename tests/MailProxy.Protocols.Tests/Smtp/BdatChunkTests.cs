using MailProxy.Protocols.Smtp;
using MailProxy.Protocols.Tests.Lines;
using Xunit;

namespace MailProxy.Protocols.Tests.Smtp;

public sealed class BdatChunkTests
{
    [Theory]
    [InlineData("0", 0, false)]
    [InlineData("86 LAST", 86, true)]
    [InlineData("1000 last", 1000, true)]
    [InlineData("999999999999999999", 999_999_999_999_999_999, false)]
    public void Size_and_last_are_read(string argument, long size, bool isLast)
    {
        foreach (var buffer in Cuts.Of(Cuts.Octets(argument)))
        {
            Assert.Equal(ReadStatus.Done, BdatChunk.TryParse(buffer, out var chunk));
            Assert.Equal(new BdatChunk(size, isLast), chunk);
        }
    }

    [Theory]
    [InlineData("", ReadStatus.Malformed)]
    [InlineData("-1", ReadStatus.Malformed)]
    [InlineData("+1", ReadStatus.Malformed)]
    [InlineData("LAST", ReadStatus.Malformed)]
    [InlineData("1LAST", ReadStatus.Malformed)]
    [InlineData("1 FIRST", ReadStatus.Malformed)]
    [InlineData("1 LAST x", ReadStatus.Malformed)]
    [InlineData("1 ", ReadStatus.Malformed)]
    [InlineData("1000000000000000000", ReadStatus.TooLong)]
    public void Anything_else_is_refused(string argument, ReadStatus expected)
    {
        foreach (var buffer in Cuts.Of(Cuts.Octets(argument)))
        {
            Assert.Equal(expected, BdatChunk.TryParse(buffer, out _));
        }
    }
}
