using System.Text;
using CsCheck;
using MailProxy.Protocols.Sasl;
using MailProxy.Protocols.Tests.Lines;
using Xunit;

namespace MailProxy.Protocols.Tests.Sasl;

public sealed class SaslOAuthBearerTests
{
    private static readonly string[] Pieces = ["n,", "a=", ",", "\u0001", "auth=", "Bearer ", "t", "host=", "=2C", "port=1"];

    [Theory]
    [InlineData("n,a=user@example.com,\u0001host=server.example.com\u0001port=143\u0001auth=Bearer vF9dft4q==\u0001\u0001", "user@example.com", "server.example.com", 143, "vF9dft4q==")]
    [InlineData("n,,\u0001auth=Bearer tok\u0001\u0001", "", "", 0, "tok")]
    [InlineData("y,a=a=2Cb=3Dc@example.org,\u0001auth=bearer tok\u0001\u0001", "a,b=c@example.org", "", 0, "tok")]
    [InlineData("n,,\u0001port=65535\u0001auth=Bearer t\u0001host=h\u0001\u0001", "", "h", 65_535, "t")]
    [InlineData("n,,\u0001mthd=POST\u0001qs=\u0001path=/a b\u0001auth=Bearer t\u0001\u0001", "", "", 0, "t")]
    public void Its_parts_are_told_apart(string message, string user, string host, int port, string token)
    {
        Assert.Equal(ReadStatus.Done, SaslOAuthBearer.TryParse(Cuts.Octets(message), out var bearer));
        Assert.Equal((user, host, port), (bearer!.AuthorizationId, bearer.Host, bearer.Port));
        Assert.Equal(token, Cuts.Text(bearer.Token));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\u0001")]
    [InlineData("n,,")]
    [InlineData("n,,\u0001")]
    [InlineData("n,,\u0001\u0001")]
    [InlineData("n,\u0001auth=Bearer t\u0001\u0001")]
    [InlineData("n\u0001auth=Bearer t\u0001\u0001")]
    [InlineData("n,,,\u0001auth=Bearer t\u0001\u0001")]
    [InlineData(",,\u0001auth=Bearer t\u0001\u0001")]
    [InlineData("F,n,,\u0001auth=Bearer t\u0001\u0001")]
    [InlineData("p=tls-exporter,,\u0001auth=Bearer t\u0001\u0001")]
    [InlineData("n,a=,\u0001auth=Bearer t\u0001\u0001")]
    [InlineData("n,user,\u0001auth=Bearer t\u0001\u0001")]
    [InlineData("n,a=a,b,\u0001auth=Bearer t\u0001\u0001")]
    [InlineData("n,a=a=b,\u0001auth=Bearer t\u0001\u0001")]
    [InlineData("n,a=a=2,\u0001auth=Bearer t\u0001\u0001")]
    [InlineData("n,a=a\r\nb,\u0001auth=Bearer t\u0001\u0001")]
    [InlineData("n,a=a\xFF,\u0001auth=Bearer t\u0001\u0001")]
    [InlineData("n,a=a\xC2\x85,\u0001auth=Bearer t\u0001\u0001")]
    [InlineData("n,,\u0001auth=Bearer t\u0001")]
    [InlineData("n,,\u0001auth=Bearer t")]
    [InlineData("n,,\u0001auth=Bearer t\u0001\u0001\u0001")]
    [InlineData("n,,\u0001auth=Bearer t\u0001\u0001auth=Bearer t\u0001\u0001")]
    [InlineData("n,,\u0001auth=Bearer t\u0001auth=Bearer t\u0001\u0001")]
    [InlineData("n,,\u0001auth=Bearer \u0001\u0001")]
    [InlineData("n,,\u0001auth=Bearer a b\u0001\u0001")]
    [InlineData("n,,\u0001auth=Basic YTpi\u0001\u0001")]
    [InlineData("n,,\u0001Auth=Bearer t\u0001\u0001")]
    [InlineData("n,,\u0001=x\u0001auth=Bearer t\u0001\u0001")]
    [InlineData("n,,\u0001ho-st=x\u0001auth=Bearer t\u0001\u0001")]
    [InlineData("n,,\u0001noequals\u0001auth=Bearer t\u0001\u0001")]
    [InlineData("n,,\u0001x=\xE4\u0001auth=Bearer t\u0001\u0001")]
    [InlineData("n,,\u0001host=\u0001auth=Bearer t\u0001\u0001")]
    [InlineData("n,,\u0001host=a\r\nb\u0001auth=Bearer t\u0001\u0001")]
    [InlineData("n,,\u0001host=a\u0001host=b\u0001auth=Bearer t\u0001\u0001")]
    [InlineData("n,,\u0001port=0\u0001auth=Bearer t\u0001\u0001")]
    [InlineData("n,,\u0001port=65536\u0001auth=Bearer t\u0001\u0001")]
    [InlineData("n,,\u0001port=+1\u0001auth=Bearer t\u0001\u0001")]
    public void Anything_else_is_malformed(string message)
    {
        Assert.Equal(ReadStatus.Malformed, SaslOAuthBearer.TryParse(Cuts.Octets(message), out var bearer));
        Assert.Null(bearer);
    }

    [Theory]
    [InlineData(255, 8_192, ReadStatus.Done)]
    [InlineData(256, 8_192, ReadStatus.Malformed)]
    [InlineData(255, 8_193, ReadStatus.Malformed)]
    public void Parts_have_limits(int name, int token, ReadStatus expected) =>
        Assert.Equal(expected, SaslOAuthBearer.TryParse(Cuts.Octets($"n,a={new string('z', name)},\u0001auth=Bearer {new string('t', token)}\u0001\u0001"), out _));

    [Theory]
    [InlineData(15, ReadStatus.Done)]
    [InlineData(16, ReadStatus.Malformed)]
    public void The_number_of_keys_has_a_limit(int others, ReadStatus expected) =>
        Assert.Equal(expected, SaslOAuthBearer.TryParse(Cuts.Octets($"n,,\u0001{string.Concat(Enumerable.Repeat("x=y\u0001", others))}auth=Bearer t\u0001\u0001"), out _));

    [Fact]
    public void The_example_of_RFC_7628_is_written_octet_by_octet() => Assert.Equal(
        "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9QmVhcmVyIHZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB",
        Convert.ToBase64String(new SaslOAuthBearer("user@example.com", "server.example.com", 143, "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg=="u8.ToArray()).ToMessage()));

    [Fact]
    public void What_is_written_is_read_back()
    {
        var name = Gen.String[Gen.Char[' ', '\u024f'].Where(character => !char.IsControl(character)), 0, 40];
        var token = Gen.String[Gen.OneOf(Gen.Char.AlphaNumeric, Gen.Char["-._~+/"]), 1, 60];
        Gen.Select(name, Gen.String[Gen.Char.AlphaNumeric, 0, 20], Gen.Int[0, 65_535], token).Sample((user, host, port, text) =>
        {
            var written = new SaslOAuthBearer(user, host, port, Encoding.ASCII.GetBytes(text));
            Assert.Equal(ReadStatus.Done, SaslOAuthBearer.TryParse(written.ToMessage(), out var read));
            Assert.Equal((user, host, port), (read!.AuthorizationId, read.Host, read.Port));
            Assert.Equal(written.Token, read.Token);
        });
    }

    [Fact]
    public void No_octets_make_it_throw_and_what_it_takes_is_within_its_limits() =>
        Gen.OneOf(Gen.Byte.Array[0, 40], Gen.Int[0, Pieces.Length - 1].Select(index => Pieces[index]).Array[0, 12].Select(parts => Cuts.Octets(string.Concat(parts))))
            .Sample(octets =>
            {
                var status = SaslOAuthBearer.TryParse(octets, out var bearer);
                Assert.Equal(status == ReadStatus.Done, bearer is not null);
                Assert.True(bearer is null || (BearerToken.IsValid(bearer.Token) && !bearer.AuthorizationId.Any(char.IsControl)));
            });

    [Fact]
    public void The_token_is_never_printed() => Assert.DoesNotContain("hunter2", new SaslOAuthBearer("alice", "", 0, "hunter2"u8.ToArray()).ToString());
}
