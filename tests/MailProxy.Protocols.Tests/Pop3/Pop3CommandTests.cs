using System.Buffers;
using MailProxy.Protocols.Pop3;
using MailProxy.Protocols.Tests.Lines;
using Xunit;

namespace MailProxy.Protocols.Tests.Pop3;

public sealed class Pop3CommandTests
{
    [Theory]
    [InlineData("stat", "STAT", "")]
    [InlineData("RETR 1", "RETR", "1")]
    [InlineData("PASS  two spaces ", "PASS", " two spaces ")]
    [InlineData("XCLIENT ADDR=192.0.2.1", "XCLIENT", "ADDR=192.0.2.1")]
    [InlineData("QUIT ", "QUIT", "")]
    [InlineData("abcdefghijklmnopqrst", "ABCDEFGHIJKLMNOPQRST", "")]
    public void Keyword_and_argument_are_split_at_the_first_space(string line, string verb, string argument)
    {
        foreach (var buffer in Cuts.Of(Cuts.Octets(line)))
        {
            Assert.Equal(ReadStatus.Done, Pop3Command.TryParse(buffer, out var command));
            Assert.Equal(verb, command.Verb);
            Assert.Equal(argument, Cuts.Text(command.Argument.ToArray()));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(" STAT")]
    [InlineData("STAT\t1")]
    [InlineData("GET1 x")]
    [InlineData("RÉTR 1")]
    [InlineData("abcdefghijklmnopqrstu")]
    public void What_is_no_keyword_is_malformed(string line)
    {
        foreach (var buffer in Cuts.Of(Cuts.Octets(line)))
        {
            Assert.Equal(ReadStatus.Malformed, Pop3Command.TryParse(buffer, out _));
        }
    }
}
