using MailProxy.Protocols.Sasl;
using MailProxy.Protocols.Tests.Lines;
using Xunit;

namespace MailProxy.Protocols.Tests.Sasl;

public sealed class BearerTokenTests
{
    [Theory]
    [InlineData("Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==", "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==")]
    [InlineData("bearer  a-._~+/9", "a-._~+/9")]
    [InlineData("BEARER a", "a")]
    public void The_token_stands_behind_the_scheme(string credentials, string expected)
    {
        Assert.True(BearerToken.TryRead(Cuts.Octets(credentials), out var token));
        Assert.Equal(expected, Cuts.Text(token.ToArray()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearera")]
    [InlineData("Bearer =")]
    [InlineData("Bearer a=b")]
    [InlineData("Bearer a b")]
    [InlineData("Bearer a ")]
    [InlineData("Bearer a,b")]
    [InlineData("Bearer a\r\nb")]
    [InlineData("Bearer a\u0001")]
    [InlineData("Bearer \xE4")]
    [InlineData("Basic YTpi")]
    public void Anything_else_is_none(string credentials) => Assert.False(BearerToken.TryRead(Cuts.Octets(credentials), out _));

    [Theory]
    [InlineData(8_191, true)]
    [InlineData(8_192, true)]
    [InlineData(8_193, false)]
    public void A_token_has_a_limit(int length, bool expected) => Assert.Equal(expected, BearerToken.IsValid(Cuts.Octets(new string('t', length))));
}
