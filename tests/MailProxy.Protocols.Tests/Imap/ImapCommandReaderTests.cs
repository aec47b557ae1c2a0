using System.Buffers;
using MailProxy.Protocols.Imap;
using Xunit;

namespace MailProxy.Protocols.Tests.Imap;

public sealed class ImapCommandReaderTests
{
    private static readonly ImapReadLimits Limits = new(Line: 40, Literal: 20, Total: 80, Literals: 3);

    [Theory]
    [InlineData("a NOOP\r\n", "a NOOP", "")]
    [InlineData("a NOOP\r\nb NOOP\r\n", "a NOOP", "b NOOP\r\n")]
    [InlineData("a LOGIN {3}\r\nbob {2+}\r\npw\r\nb", "a LOGIN {3}\r\nbob {2+}\r\npw", "b")]
    [InlineData("a X {0}\r\n\r\n", "a X {0}\r\n", "")]
    [InlineData("a X {7}\r\n\r\n{9}\r\n\r\n", "a X {7}\r\n\r\n{9}\r\n", "")]
    [InlineData("a X foo}\r\n", "a X foo}", "")]
    [InlineData("a X \"{ 5}\"\r\n", "a X \"{ 5}\"", "")]
    [InlineData("\r\n", "", "")]
    public void A_whole_command_ends_where_it_ends(string input, string command, string rest)
    {
        foreach (var buffer in Arrivals.Of(input))
        {
            Assert.Equal(ImapReadStatus.Done, ImapCommandReader.TryRead(buffer, Limits, out var frame));
            Assert.Equal(command, Arrivals.Text(frame.Bytes));
            Assert.Equal(rest, Arrivals.Text(buffer.Slice(frame.End)));
            Assert.Equal(-1, frame.PendingLiteral);
        }
    }

    [Theory]
    [InlineData("a NOOP\n", "")]
    [InlineData("a NOOP\nb NOOP\r\n", "b NOOP\r\n")]
    [InlineData("a NO\rOP\r\nb", "b")]
    [InlineData("a NO\0OP\r\nb", "b")]
    [InlineData("a X {x}\r\nb", "b")]
    [InlineData("a X {}\r\nb", "b")]
    [InlineData("a X {+}\r\nb", "b")]
    [InlineData("a X {-1}\r\nb", "b")]
    [InlineData("a X {5-}\r\nb", "b")]
    [InlineData("a X {99999999999999999999}\r\nb", "b")]
    [InlineData("a X {1}\r\nzy\n", "")]
    public void A_broken_line_is_malformed_and_the_next_begins_behind_it(string input, string rest)
    {
        foreach (var buffer in Arrivals.Of(input))
        {
            Assert.Equal(ImapReadStatus.Malformed, ImapCommandReader.TryRead(buffer, Limits, out var frame));
            Assert.Equal(rest, Arrivals.Text(buffer.Slice(frame.End)));
        }
    }

    [Theory]
    [InlineData("a LOGIN {3}\r\nbob {2+}\r\npw\r\n")]
    [InlineData("a X {0}\r\n {0+}\r\n\r\n")]
    public void Every_beginning_of_a_command_asks_for_more(string input)
    {
        var octets = Arrivals.Octets(input);
        for (var length = 0; length < octets.Length; length++)
        {
            var status = ImapCommandReader.TryRead(new ReadOnlySequence<byte>(octets, 0, length), Limits, out _);
            Assert.True(status is ImapReadStatus.NeedMore or ImapReadStatus.NeedLiteral, $"{length}: {status}");
        }
    }

    [Theory]
    [InlineData("a LOGIN {3}\r\n", 1, 3, true)]
    [InlineData("a LOGIN {3}\r\nbo", 1, 3, true)]
    [InlineData("a LOGIN {3+}\r\n", 1, 3, false)]
    [InlineData("a LOGIN {3}\r\nbob {2}\r\n", 2, 2, true)]
    [InlineData("a X {0}\r\n", 1, 0, true)]
    [InlineData("a X {20}\r\n", 1, 20, true)]
    public void A_pending_literal_is_told(string input, int count, long size, bool synchronizing)
    {
        foreach (var buffer in Arrivals.Of(input))
        {
            Assert.Equal(ImapReadStatus.NeedLiteral, ImapCommandReader.TryRead(buffer, Limits, out var frame));
            Assert.Equal((count, size, synchronizing), (frame.LiteralCount, frame.PendingLiteral, frame.PendingIsSynchronizing));
            Assert.EndsWith("}\r\n", Arrivals.Text(frame.Bytes), StringComparison.Ordinal);
            Assert.Equal(frame.Bytes.Length, buffer.Slice(0, frame.End).Length);
        }
    }

    [Theory]
    [InlineData(37, ImapReadStatus.Done)]
    [InlineData(38, ImapReadStatus.Done)]
    [InlineData(39, ImapReadStatus.TooLong)]
    public void A_line_may_have_so_many_octets_with_its_end(int length, ImapReadStatus expected) =>
        AssertStatus(expected, new string('x', length) + "\r\n");

    [Fact]
    public void A_line_without_end_is_too_long_at_the_limit()
    {
        AssertStatus(ImapReadStatus.NeedMore, new string('x', 39));
        AssertStatus(ImapReadStatus.TooLong, new string('x', 40));
        AssertStatus(ImapReadStatus.TooLong, "a {1}\r\nz" + new string('x', 40));
    }

    [Theory]
    [InlineData(19, ImapReadStatus.NeedLiteral)]
    [InlineData(20, ImapReadStatus.NeedLiteral)]
    [InlineData(21, ImapReadStatus.TooLong)]
    public void A_literal_may_have_so_many_octets(int size, ImapReadStatus expected)
    {
        AssertStatus(expected, $"a X {{{size}}}\r\n");
        _ = ImapCommandReader.TryRead(new(Arrivals.Octets($"a X {{{size}+}}\r\nabc")), Limits, out var frame);
        Assert.Equal(size, frame.PendingLiteral);
        Assert.Equal($"a X {{{size}+}}\r\n", Arrivals.Text(frame.Bytes));
    }

    [Theory]
    [InlineData(22, ImapReadStatus.Done)]
    [InlineData(23, ImapReadStatus.Done)]
    [InlineData(24, ImapReadStatus.TooLong)]
    public void A_command_may_have_so_many_octets_altogether(int last, ImapReadStatus expected)
    {
        // 8 + 20, 7 + 20, last + 2; the limit is 80.
        var input = "a {20}\r\n" + new string('y', 20) + "{20+}\r\n" + new string('y', 20) + new string('x', last) + "\r\n";
        Assert.Equal(80 + last - 23, input.Length);
        AssertStatus(expected, input);
    }

    [Fact]
    public void A_command_may_have_so_many_literals()
    {
        AssertStatus(ImapReadStatus.Done, "a {1}\r\nz{1}\r\nz{1}\r\nz\r\n");
        AssertStatus(ImapReadStatus.TooLong, "a {1}\r\nz{1}\r\nz{1}\r\nz{1}\r\n");
    }

    private static void AssertStatus(ImapReadStatus expected, string input)
    {
        foreach (var buffer in Arrivals.Of(input))
        {
            Assert.Equal(expected, ImapCommandReader.TryRead(buffer, Limits, out _));
        }
    }
}
