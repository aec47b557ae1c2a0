using System.Buffers;
using MailProxy.Protocols.Smtp;
using MailProxy.Protocols.Tests.Lines;
using Xunit;

namespace MailProxy.Protocols.Tests.Smtp;

public sealed class SmtpCommandTests
{
    [Theory]
    [InlineData("ehlo host.example", "EHLO", "host.example")]
    [InlineData("MAIL FROM:<a@b> SIZE=1 \t ", "MAIL", "FROM:<a@b> SIZE=1")]
    [InlineData("QUIT  ", "QUIT", "")]
    [InlineData("BDAT 5 LAST", "BDAT", "5 LAST")]
    [InlineData("X500 y", "X500", "y")]
    [InlineData("abcdefghijklmnopqrst", "ABCDEFGHIJKLMNOPQRST", "")]
    public void Verb_and_argument_are_split_at_the_first_space(string line, string verb, string argument)
    {
        foreach (var buffer in Cuts.Of(Cuts.Octets(line)))
        {
            Assert.Equal(ReadStatus.Done, SmtpCommand.TryParse(buffer, out var command));
            Assert.Equal(verb, command.Verb);
            Assert.Equal(argument, Cuts.Text(command.Argument.ToArray()));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData(" NOOP")]
    [InlineData("MAIL\tFROM:<a@b>")]
    [InlineData("GET/ x")]
    [InlineData("abcdefghijklmnopqrstu")]
    public void What_is_no_verb_is_malformed(string line)
    {
        foreach (var buffer in Cuts.Of(Cuts.Octets(line)))
        {
            Assert.Equal(ReadStatus.Malformed, SmtpCommand.TryParse(buffer, out _));
        }
    }
}
