using System.Buffers;
using CsCheck;
using MailProxy.Protocols.Smtp;
using MailProxy.Protocols.Tests.Lines;
using Xunit;

namespace MailProxy.Protocols.Tests.Smtp;

public sealed class SmtpReplyTests
{
    [Theory]
    [InlineData("250 OK\r\n", 250, "OK")]
    [InlineData("354\r\n", 354, "")]
    [InlineData("250-host\r\n250-SIZE 1\r\n250 PIPELINING\r\n", 250, "host|SIZE 1|PIPELINING")]
    [InlineData("550-5.1.1 no\r\n550\r\n", 550, "5.1.1 no|")]
    public void A_reply_is_read_with_its_continuation_lines(string text, int code, string lines)
    {
        foreach (var buffer in Cuts.Of(Cuts.Octets(text + "rest")))
        {
            Assert.Equal(ReadStatus.Done, SmtpReply.TryRead(buffer, text.Length, out var reply, out var end));
            Assert.Equal(code, reply!.Code);
            Assert.Equal(lines, string.Join('|', reply.Lines));
            Assert.Equal("rest", Cuts.Text(buffer.Slice(end).ToArray()));
        }
    }

    [Fact]
    public void Every_beginning_needs_more()
    {
        var whole = "250-host\r\n250 OK\r\n"u8.ToArray();
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.Equal(ReadStatus.NeedMore, SmtpReply.TryRead(new(whole[..length]), 100, out _, out _));
        }
    }

    [Theory]
    [InlineData("25 OK\r\n")]
    [InlineData("650 OK\r\n")]
    [InlineData("150 OK\r\n")]
    [InlineData("2x0 OK\r\n")]
    [InlineData("250OK\r\n")]
    [InlineData("250-a\r\n251 b\r\n")]
    [InlineData("250-a\r\n\r\n")]
    [InlineData("250 OK\n")]
    [InlineData("+OK POP3\r\n")]
    public void What_is_no_reply_is_malformed_and_skipped(string text)
    {
        foreach (var buffer in Cuts.Of(Cuts.Octets(text)))
        {
            Assert.Equal(ReadStatus.Malformed, SmtpReply.TryRead(buffer, 100, out var reply, out var end));
            Assert.Null(reply);
            Assert.Equal(0, buffer.Slice(end).Length);
        }
    }

    [Fact]
    public void A_reply_that_never_ends_is_too_long()
    {
        var endless = Cuts.Octets(string.Concat(Enumerable.Repeat("250-more\r\n", 10)));
        Assert.Equal(ReadStatus.NeedMore, SmtpReply.TryRead(new(endless), 101, out _, out _));
        Assert.Equal(ReadStatus.TooLong, SmtpReply.TryRead(new(endless), 100, out _, out _));
        Assert.Equal(ReadStatus.TooLong, SmtpReply.TryRead(new(endless), 95, out _, out _));
    }

    [Fact]
    public void What_is_written_is_read_back() =>
        Gen.Select(Gen.Int[200, 599], Gen.String[Gen.Char[' ', '~'], 0, 40].Array[1, 5]).Sample((code, lines) =>
        {
            var buffer = new ReadOnlySequence<byte>(Cuts.Octets(SmtpReplyWriter.Format(code, lines)));
            Assert.Equal(ReadStatus.Done, SmtpReply.TryRead(buffer, 1_000, out var reply, out var end));
            Assert.Equal(code, reply!.Code);
            Assert.Equal(lines, reply.Lines);
            Assert.True(buffer.Slice(end).IsEmpty);
        });

    [Fact]
    public void A_text_cannot_add_a_line_to_a_reply()
    {
        Assert.Equal("550 no??250 yes\r\n", SmtpReplyWriter.Format(550, ["no\r\n250 yes"]));
        Assert.Equal("250 \r\n", SmtpReplyWriter.Format(250, []));
    }
}
