using System.Text;
using CsCheck;
using MailProxy.Protocols.Sasl;
using MailProxy.Protocols.Tests.Lines;
using Xunit;

namespace MailProxy.Protocols.Tests.Sasl;

public sealed class SaslXOAuth2Tests
{
    [Theory]
    [InlineData("user=someuser@example.com\u0001auth=Bearer ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg\u0001\u0001", "someuser@example.com", "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg")]
    [InlineData("user=a=b\u0001auth=bearer t==\u0001\u0001", "a=b", "t==")]
    public void Its_parts_are_told_apart(string message, string user, string token)
    {
        Assert.Equal(ReadStatus.Done, SaslXOAuth2.TryParse(Cuts.Octets(message), out var bearer));
        Assert.Equal(user, bearer!.User);
        Assert.Equal(token, Cuts.Text(bearer.Token));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\u0001")]
    [InlineData("\u0001\u0001")]
    [InlineData("user=a")]
    [InlineData("user=a\u0001\u0001")]
    [InlineData("user=a\u0001auth=\u0001\u0001")]
    [InlineData("user=a\u0001auth=Bearer t\u0001")]
    [InlineData("user=a\u0001auth=Bearer t\u0001\u0001\u0001")]
    [InlineData("user=\u0001auth=Bearer t\u0001\u0001")]
    [InlineData("user=a\r\nb\u0001auth=Bearer t\u0001\u0001")]
    [InlineData("user=a\xFF\u0001auth=Bearer t\u0001\u0001")]
    [InlineData("user=a\u0001auth=Bearer \u0001\u0001")]
    [InlineData("user=a\u0001auth=Bearer a b\u0001\u0001")]
    [InlineData("user=a\u0001auth=Basic YTpi\u0001\u0001")]
    [InlineData("user=a\u0001x=y\u0001auth=Bearer t\u0001\u0001")]
    [InlineData("auth=Bearer t\u0001user=a\u0001\u0001")]
    [InlineData("n,a=a,\u0001auth=Bearer t\u0001\u0001")]
    public void Anything_else_is_malformed(string message)
    {
        Assert.Equal(ReadStatus.Malformed, SaslXOAuth2.TryParse(Cuts.Octets(message), out var bearer));
        Assert.Null(bearer);
    }

    [Theory]
    [InlineData(255, 8_192, ReadStatus.Done)]
    [InlineData(256, 8_192, ReadStatus.Malformed)]
    [InlineData(255, 8_193, ReadStatus.Malformed)]
    public void Parts_have_limits(int name, int token, ReadStatus expected) =>
        Assert.Equal(expected, SaslXOAuth2.TryParse(Cuts.Octets($"user={new string('z', name)}\u0001auth=Bearer {new string('t', token)}\u0001\u0001"), out _));

    [Fact]
    public void What_is_written_is_read_back()
    {
        var name = Gen.String[Gen.Char[' ', '\u024f'].Where(character => !char.IsControl(character)), 1, 40];
        var token = Gen.String[Gen.OneOf(Gen.Char.AlphaNumeric, Gen.Char["-._~+/"]), 1, 60];
        Gen.Select(name, token).Sample((user, text) =>
        {
            var written = new SaslXOAuth2(user, Encoding.ASCII.GetBytes(text));
            Assert.Equal(ReadStatus.Done, SaslXOAuth2.TryParse(written.ToMessage(), out var read));
            Assert.Equal(user, read!.User);
            Assert.Equal(written.Token, read.Token);
        });
    }

    [Fact]
    public void The_token_is_never_printed() => Assert.DoesNotContain("hunter2", new SaslXOAuth2("alice", "hunter2"u8.ToArray()).ToString());
}
