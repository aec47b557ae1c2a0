using System.Buffers;
using MailProxy.Protocols.Pop3;
using MailProxy.Protocols.Tests.Lines;
using Xunit;

namespace MailProxy.Protocols.Tests.Pop3;

public sealed class Pop3ReplyTests
{
    [Theory]
    [InlineData("+OK", Pop3ReplyKind.Ok, "", "")]
    [InlineData("+OK ready <1896.697@h>", Pop3ReplyKind.Ok, "ready <1896.697@h>", "")]
    [InlineData("+OK [my host] ready", Pop3ReplyKind.Ok, "[my host] ready", "")]
    [InlineData("-ERR [SYS/TEMP] later", Pop3ReplyKind.Err, "later", "SYS/TEMP")]
    [InlineData("-ERR [AUTH]", Pop3ReplyKind.Err, "", "AUTH")]
    [InlineData("-ERR [REFERRAL/bob@s2:110] moved", Pop3ReplyKind.Err, "moved", "REFERRAL/bob@s2:110")]
    [InlineData("-ERR [open", Pop3ReplyKind.Err, "[open", "")]
    [InlineData("-ERR [] x", Pop3ReplyKind.Err, "[] x", "")]
    [InlineData("+ VXNlcm5hbWU6", Pop3ReplyKind.Continuation, "VXNlcm5hbWU6", "")]
    [InlineData("+ ", Pop3ReplyKind.Continuation, "", "")]
    [InlineData("+", Pop3ReplyKind.Continuation, "", "")]
    public void Status_code_and_text_are_told_apart(string line, Pop3ReplyKind kind, string text, string code)
    {
        foreach (var buffer in Cuts.Of(Cuts.Octets(line + "\r\nnext")))
        {
            Assert.Equal(ReadStatus.Done, Pop3Reply.TryRead(buffer, 512, out var reply, out var end));
            Assert.Equal(new Pop3Reply(kind, text, code), reply);
            Assert.Equal("next", Cuts.Text(buffer.Slice(end).ToArray()));
        }
    }

    [Theory]
    [InlineData("OK\r\n")]
    [InlineData("+OKAY\r\n")]
    [InlineData("* OK IMAP\r\n")]
    [InlineData("220 smtp\r\n")]
    [InlineData("-err x\r\n")]
    [InlineData("+OK x\n")]
    public void What_is_no_status_is_malformed_and_skipped(string line)
    {
        foreach (var buffer in Cuts.Of(Cuts.Octets(line)))
        {
            Assert.Equal(ReadStatus.Malformed, Pop3Reply.TryRead(buffer, 512, out _, out var end));
            Assert.Equal(0, buffer.Slice(end).Length);
        }
    }

    [Fact]
    public void An_endless_line_is_too_long()
    {
        var buffer = new ReadOnlySequence<byte>("+OK endless"u8.ToArray());
        Assert.Equal(ReadStatus.NeedMore, Pop3Reply.TryRead(buffer, 12, out _, out _));
        Assert.Equal(ReadStatus.TooLong, Pop3Reply.TryRead(buffer, 11, out _, out _));
    }
}
