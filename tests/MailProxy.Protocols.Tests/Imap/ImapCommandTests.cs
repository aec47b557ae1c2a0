using System.Text;
using MailProxy.Protocols.Imap;
using Xunit;

namespace MailProxy.Protocols.Tests.Imap;

public sealed class ImapCommandTests
{
    [Theory]
    [InlineData("a NOOP", "a", "NOOP", "")]
    [InlineData("A.1-2] login bob pw", "A.1-2]", "LOGIN", "bob pw")]
    [InlineData("1 uid fetch 1:* (FLAGS)", "1", "UID FETCH", "1:* (FLAGS)")]
    [InlineData("1 UID", "1", "UID", "")]
    [InlineData("1 UID (", "1", "UID", "(")]
    [InlineData("GET / HTTP/1.1", "GET", "/", "HTTP/1.1")]
    [InlineData("a NOOP ", "a", "NOOP", "")]
    [InlineData("a LOGIN {3}\r\nbob x", "a", "LOGIN", "{3}\r\nbob x")]
    [InlineData("%s NOOP", null, null, null)]
    [InlineData("a", "a", null, null)]
    [InlineData("a ", "a", null, null)]
    [InlineData("a  NOOP", "a", null, null)]
    [InlineData("a NO(P", "a", null, null)]
    [InlineData("a+ NOOP", null, null, null)]
    [InlineData("* NOOP", null, null, null)]
    [InlineData(" NOOP", null, null, null)]
    [InlineData("", null, null, null)]
    [InlineData("a\u00e9 NOOP", null, null, null)]
    public void Tag_verb_and_arguments(string input, string? tag, string? verb, string? arguments)
    {
        foreach (var frame in Arrivals.Of(input))
        {
            var status = ImapCommand.TryParse(frame, out var command, out var readTag);
            Assert.Equal(verb is null ? ReadStatus.Malformed : ReadStatus.Done, status);
            Assert.Equal(tag, readTag);
            Assert.Equal(verb, command?.Verb);
            Assert.Equal(arguments, command is null ? null : Encoding.Latin1.GetString(command.Arguments.Span));
        }
    }

    [Theory]
    [InlineData(63, ReadStatus.Done)]
    [InlineData(64, ReadStatus.Done)]
    [InlineData(65, ReadStatus.Malformed)]
    public void A_tag_has_a_bound(int length, ReadStatus expected) =>
        Assert.Equal(expected, ImapCommand.TryParse(new(Arrivals.Octets(new string('t', length) + " NOOP")), out _, out _));
}
