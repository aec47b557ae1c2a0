using CsCheck;
using MailProxy.Protocols.Sasl;
using MailProxy.Protocols.Tests.Lines;
using Xunit;

namespace MailProxy.Protocols.Tests.Sasl;

public sealed class SaslBase64Tests
{
    [Theory]
    [InlineData("YWI=", true, "ab")]
    [InlineData("YWI=", false, "ab")]
    [InlineData("=", true, "")]
    [InlineData("", false, "")]
    public void A_response_is_decoded(string text, bool initial, string expected)
    {
        foreach (var buffer in Cuts.Of(Cuts.Octets(text)))
        {
            Assert.Equal(ReadStatus.Done, SaslBase64.TryDecode(buffer, initial, 10, out var value));
            Assert.Equal(expected, Cuts.Text(value));
        }
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("=", false)]
    [InlineData("YWI", true)]
    [InlineData("YW I=", true)]
    [InlineData("YWI= ", true)]
    [InlineData(" YWI", true)]
    [InlineData("YW=I", true)]
    [InlineData("YW==YW==", true)]
    [InlineData("YW-_", true)]
    [InlineData("====", true)]
    [InlineData("*", false)]
    public void Anything_but_padded_base64_is_malformed(string text, bool initial)
    {
        foreach (var buffer in Cuts.Of(Cuts.Octets(text)))
        {
            Assert.Equal(ReadStatus.Malformed, SaslBase64.TryDecode(buffer, initial, 10, out var value));
            Assert.Empty(value);
        }
    }

    [Fact]
    public void The_limit_is_of_decoded_octets() =>
        Gen.Select(Gen.Byte.Array[1, 60], Gen.Int[0, 2]).Sample((octets, slack) =>
        {
            var limit = octets.Length + slack - 1;
            var status = SaslBase64.TryDecode(new(Cuts.Octets(Convert.ToBase64String(octets))), true, limit, out var value);
            Assert.Equal(slack == 0 ? ReadStatus.TooLong : ReadStatus.Done, status);
            Assert.Equal(slack == 0 ? [] : octets, value);
        });
}
