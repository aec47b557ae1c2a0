using System.Text;
using MailProxy.Protocols.Imap;
using Xunit;

namespace MailProxy.Protocols.Tests.Imap;

public sealed class ImapSequenceSetTests
{
    [Theory]
    [InlineData("1", 5, "1")]
    [InlineData("1:3,5", 5, "1:3,5")]
    [InlineData("3:1,2:4", 5, "1:4")]
    [InlineData("*", 5, "5")]
    [InlineData("2:*", 5, "2:5")]
    [InlineData("9:*", 5, "5:9")]
    [InlineData("1:*", 0, "")]
    [InlineData("1,3,2", 9, "1:3")]
    [InlineData("4294967294:*", 4294967295, "4294967294:4294967295")]
    public void A_set_gives_ascending_ranges(string text, uint largest, string expected)
    {
        var reader = new ImapArgumentReader(Encoding.ASCII.GetBytes(text + " rest"));
        Assert.True(ImapSequenceSet.TryRead(ref reader, 10, out var set));
        Assert.Equal(" rest", Encoding.ASCII.GetString(reader.Rest));
        Assert.Equal(expected, string.Join(',', set.Ranges(largest).Select(range => range.First == range.Last ? $"{range.First}" : $"{range.First}:{range.Last}")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("1:")]
    [InlineData(":1")]
    [InlineData("1,")]
    [InlineData("1:0")]
    [InlineData("4294967296")]
    [InlineData("4294967295")]
    [InlineData("99999999999999999999999")]
    [InlineData("a")]
    [InlineData("-1")]
    public void What_is_no_set_leaves_the_reader_alone(string text)
    {
        var reader = new ImapArgumentReader(Encoding.ASCII.GetBytes(text));
        Assert.False(ImapSequenceSet.TryRead(ref reader, 10, out _));
        Assert.Equal(text, Encoding.ASCII.GetString(reader.Rest));
    }

    [Theory]
    [InlineData("1,3", true)]
    [InlineData("1,3,5", true)]
    [InlineData("1,3,5,7", false)]
    public void The_number_of_ranges_is_bounded(string text, bool expected)
    {
        var reader = new ImapArgumentReader(Encoding.ASCII.GetBytes(text));
        Assert.Equal(expected, ImapSequenceSet.TryRead(ref reader, 3, out _));
    }

    [Theory]
    [InlineData(new uint[0], "")]
    [InlineData(new uint[] { 1, 2, 3, 5, 7, 8 }, "1:3,5,7:8")]
    public void Numbers_are_written_as_a_set(uint[] numbers, string expected) => Assert.Equal(expected, ImapSequenceSet.Format(numbers));
}
