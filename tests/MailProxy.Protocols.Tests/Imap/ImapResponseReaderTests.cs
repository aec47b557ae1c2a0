using System.Buffers;
using MailProxy.Protocols.Imap;
using Xunit;

namespace MailProxy.Protocols.Tests.Imap;

public sealed class ImapResponseReaderTests
{
    [Theory]
    [InlineData("* OK ready\r\n", ImapResponseKind.Untagged, "", "OK", "", "ready")]
    [InlineData("* ok [CAPABILITY IMAP4rev1 ID] hi there\r\n", ImapResponseKind.Untagged, "", "OK", "CAPABILITY IMAP4rev1 ID", "hi there")]
    [InlineData("* PREAUTH in\r\n", ImapResponseKind.Untagged, "", "PREAUTH", "", "in")]
    [InlineData("* BYE\r\n", ImapResponseKind.Untagged, "", "BYE", "", "")]
    [InlineData("* CAPABILITY IMAP4rev1\r\n", ImapResponseKind.Untagged, "", "", "", "CAPABILITY IMAP4rev1")]
    [InlineData("* 3 EXISTS\r\n", ImapResponseKind.Untagged, "", "", "", "3 EXISTS")]
    [InlineData("* ID (\"a\" {4}\r\n\r\nx) \"b\" \"c\")\r\n", ImapResponseKind.Untagged, "", "", "", "ID (\"a\" {4} \"b\" \"c\")")]
    [InlineData("* OK free {5}\r\n", ImapResponseKind.Untagged, "", "OK", "", "free {5}")]
    [InlineData("L OK [ALERT]now\r\n", ImapResponseKind.Tagged, "L", "OK", "ALERT", "now")]
    [InlineData("L no [AUTHENTICATIONFAILED] sorry\r\n", ImapResponseKind.Tagged, "L", "NO", "AUTHENTICATIONFAILED", "sorry")]
    [InlineData("L BAD [never closed\r\n", ImapResponseKind.Tagged, "L", "BAD", "", "[never closed")]
    [InlineData("L OK\r\n", ImapResponseKind.Tagged, "L", "OK", "", "")]
    [InlineData("+ cGFzcw==\r\n", ImapResponseKind.Continuation, "", "", "", "cGFzcw==")]
    [InlineData("+\r\n", ImapResponseKind.Continuation, "", "", "", "")]
    [InlineData("+ \r\n", ImapResponseKind.Continuation, "", "", "", "")]
    public void A_response_and_no_more_than_it_is_read(string input, ImapResponseKind kind, string tag, string status, string code, string text)
    {
        foreach (var buffer in Arrivals.Of(input + "* 9 EXISTS\r\n"))
        {
            Assert.Equal(ReadStatus.Done, ImapResponseReader.TryRead(buffer, 200, out var response, out var end));
            Assert.Equal(new ImapResponse(kind, tag, status, code, text), response);
            Assert.Equal("* 9 EXISTS\r\n", Arrivals.Text(buffer.Slice(end)));
        }

        var octets = Arrivals.Octets(input);
        for (var length = 0; length < octets.Length; length++)
        {
            Assert.Equal(ReadStatus.NeedMore, ImapResponseReader.TryRead(new ReadOnlySequence<byte>(octets, 0, length), 200, out _, out _));
        }
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("nonsense\r\n")]
    [InlineData("220 ready ESMTP\r\n")]
    [InlineData("+OK POP3\r\n")]
    [InlineData("L BYE x\r\n")]
    [InlineData("L PREAUTH x\r\n")]
    [InlineData("*\r\n")]
    [InlineData("* \r\n")]
    [InlineData("*  OK\r\n")]
    [InlineData("* OK x\n")]
    [InlineData("* OK\rx\r\n")]
    [InlineData("* OK\0x\r\n")]
    [InlineData("%s OK x\r\n")]
    public void Nonsense_is_malformed(string input)
    {
        foreach (var buffer in Arrivals.Of(input))
        {
            Assert.Equal(ReadStatus.Malformed, ImapResponseReader.TryRead(buffer, 200, out var response, out var end));
            Assert.Null(response);
            Assert.True(buffer.Slice(end).IsEmpty);
        }
    }

    [Theory]
    [InlineData(10, ReadStatus.TooLong)]
    [InlineData(11, ReadStatus.Done)]
    [InlineData(12, ReadStatus.Done)]
    public void A_response_may_have_so_many_octets(int limit, ReadStatus expected)
    {
        foreach (var buffer in Arrivals.Of("* OK abcd\r\n"))
        {
            Assert.Equal(expected, ImapResponseReader.TryRead(buffer, limit, out _, out _));
        }
    }

    [Fact]
    public void A_server_that_never_ends_is_too_long()
    {
        Assert.Equal(ReadStatus.NeedMore, ImapResponseReader.TryRead(new(Arrivals.Octets("* OK abc")), 9, out _, out _));
        Assert.Equal(ReadStatus.TooLong, ImapResponseReader.TryRead(new(Arrivals.Octets("* OK abcd")), 9, out _, out _));
        Assert.Equal(ReadStatus.TooLong, ImapResponseReader.TryRead(new(Arrivals.Octets("* ID {100}\r\n")), 50, out _, out _));
    }

    [Fact]
    public void Capabilities_are_compared_without_case_and_told_as_they_came()
    {
        var capabilities = ImapCapabilities.Parse("CAPABILITY IMAP4rev1 auth=Plain LITERAL+ x]y  ID");
        Assert.True(capabilities.Has("AUTH=PLAIN"));
        Assert.True(capabilities.Has("imap4REV1"));
        Assert.False(capabilities.Has("CAPABILITY"));
        Assert.False(capabilities.Has("AUTH"));
        Assert.Equal("IMAP4rev1 auth=Plain LITERAL+ ID", capabilities.ToString());
        Assert.Equal("IMAP4rev1", ImapCapabilities.Parse("IMAP4rev1").ToString());
    }
}
