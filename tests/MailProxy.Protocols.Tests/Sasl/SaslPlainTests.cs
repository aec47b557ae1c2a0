using CsCheck;
using MailProxy.Protocols.Sasl;
using MailProxy.Protocols.Tests.Lines;
using Xunit;

namespace MailProxy.Protocols.Tests.Sasl;

public sealed class SaslPlainTests
{
    [Theory]
    [InlineData("\0alice\0secret", "", "alice", "secret")]
    [InlineData("bob\0admin\0s p", "bob", "admin", "s p")]
    public void The_three_parts_are_told_apart(string message, string authorizationId, string authenticationId, string password)
    {
        Assert.Equal(ReadStatus.Done, SaslPlain.TryParse(Cuts.Octets(message), out var plain));
        Assert.Equal(authorizationId, plain!.AuthorizationId);
        Assert.Equal(authenticationId, plain.AuthenticationId);
        Assert.Equal(password, Cuts.Text(plain.Password));
    }

    [Theory]
    [InlineData("")]
    [InlineData("alice")]
    [InlineData("\0alice")]
    [InlineData("\0\0secret")]
    [InlineData("\0alice\0")]
    [InlineData("\0alice\0sec\0ret")]
    [InlineData("\0ali\r\nce\0secret")]
    [InlineData("bo\tb\0alice\0secret")]
    [InlineData("\0alice\0sec\nret")]
    [InlineData("\0alice\0\u007f")]
    [InlineData("\0al\xFFice\0secret")]
    [InlineData("\0al\xC2\x85ice\0secret")]
    [InlineData("\0al\xC2\xA0\xC2\x9F\0secret")]
    public void Anything_else_is_malformed(string message) =>
        Assert.Equal(ReadStatus.Malformed, SaslPlain.TryParse(Cuts.Octets(message), out _));

    [Theory]
    [InlineData(255, 8_192, ReadStatus.Done)]
    [InlineData(256, 8_192, ReadStatus.Malformed)]
    [InlineData(255, 8_193, ReadStatus.Malformed)]
    public void Parts_have_limits(int name, int password, ReadStatus expected)
    {
        var message = $"{new string('z', name)}\0{new string('a', name)}\0{new string('p', password)}";
        Assert.Equal(expected, SaslPlain.TryParse(Cuts.Octets(message), out _));
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        var text = Gen.String[Gen.Char[' ', '\u024f'].Where(character => !char.IsControl(character)), 1, 20];
        Gen.Select(text, text, text).Sample((authorizationId, authenticationId, password) =>
        {
            var written = new SaslPlain(authorizationId, authenticationId, System.Text.Encoding.UTF8.GetBytes(password));
            Assert.Equal(ReadStatus.Done, SaslPlain.TryParse(written.ToMessage(), out var read));
            Assert.Equal(written.AuthorizationId, read!.AuthorizationId);
            Assert.Equal(written.AuthenticationId, read.AuthenticationId);
            Assert.Equal(written.Password, read.Password);
        });
    }

    [Fact]
    public void The_password_is_never_printed() =>
        Assert.DoesNotContain("hunter2", new SaslPlain("", "alice", "hunter2"u8.ToArray()).ToString());
}
