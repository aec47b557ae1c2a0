using CsCheck;
using MailProxy.Protocols.Smtp;
using Xunit;

namespace MailProxy.Protocols.Tests.Smtp;

public sealed class XtextTests
{
    [Theory]
    [InlineData("alice", "alice")]
    [InlineData("a+b=c", "a+2Bb+3Dc")]
    [InlineData("a b\r\n", "a+20b+0D+0A")]
    [InlineData("é", "+C3+A9")]
    [InlineData("", "")]
    public void Text_is_encoded_and_decoded(string text, string xtext)
    {
        Assert.Equal(xtext, Xtext.Encode(text));
        Assert.True(Xtext.TryDecode(xtext, out var decoded));
        Assert.Equal(text, decoded);
    }

    [Theory]
    [InlineData("+")]
    [InlineData("+2")]
    [InlineData("a+2G")]
    [InlineData("a=b")]
    [InlineData("a b")]
    [InlineData("a\tb")]
    [InlineData("é")]
    [InlineData("+FF")]
    [InlineData("\u007f")]
    public void Anything_else_is_refused(string xtext) => Assert.False(Xtext.TryDecode(xtext, out _));

    [Fact]
    public void Whatever_is_encoded_comes_back_and_holds_neither_blank_nor_control() =>
        Gen.String[Gen.Char['\0', '\ud7ff'], 0, 40].Sample(text =>
        {
            var xtext = Xtext.Encode(text);
            Assert.All(xtext, character => Assert.InRange(character, '!', '~'));
            Assert.True(Xtext.TryDecode(xtext, out var decoded));
            Assert.Equal(text, decoded);
        });
}
