using CsCheck;
using MailProxy.Protocols.Smtp;
using Xunit;

namespace MailProxy.Protocols.Tests.Smtp;

public sealed class DsnParametersTests
{
    [Theory]
    [InlineData("NEVER", "NEVER")]
    [InlineData("never", "NEVER")]
    [InlineData("SUCCESS", "SUCCESS")]
    [InlineData("failure,delay", "FAILURE,DELAY")]
    [InlineData("SUCCESS,FAILURE,DELAY", "SUCCESS,FAILURE,DELAY")]
    [InlineData("NEVER,SUCCESS", null)]
    [InlineData("SUCCESS,SUCCESS", null)]
    [InlineData("SUCCESS,", null)]
    [InlineData("", null)]
    [InlineData("ALWAYS", null)]
    [InlineData("SUCCESS, FAILURE", null)]
    public void Notify(string value, string? canonical) => Assert.Equal(canonical, DsnParameters.Notify(value));

    [Theory]
    [InlineData("full", "FULL")]
    [InlineData("HDRS", "HDRS")]
    [InlineData("", null)]
    [InlineData("BODY", null)]
    public void Return(string value, string? canonical) => Assert.Equal(canonical, DsnParameters.Return(value));

    [Theory]
    [InlineData("QQ314159", true)]
    [InlineData("a+2Bb+20c", true)]
    [InlineData("", false)]
    [InlineData("a=b", false)]
    [InlineData("a+0D+0Ab", false)]
    [InlineData("a+C3+A9", false)]
    [InlineData("a+2", false)]
    public void Envelope_ids(string value, bool isValid) => Assert.Equal(isValid, DsnParameters.IsEnvelopeId(value));

    [Theory]
    [InlineData("rfc822;alice@example.org", true)]
    [InlineData("rfc822;alice+2Blists@example.org", true)]
    [InlineData("x-local;a", true)]
    [InlineData("utf-8;j\u00F6@example.org", true)]
    [InlineData("UTF-8;j\\x{F6}@example.org", true)]
    [InlineData("rfc822;j\u00F6@example.org", false)]
    [InlineData("utf-8;j\u00F6=@example.org", false)]
    [InlineData("rfc822", false)]
    [InlineData("rfc822;", false)]
    [InlineData(";alice@example.org", false)]
    [InlineData("rfc 822;alice@example.org", false)]
    [InlineData("rfc822;a+0D+0ARCPT", false)]
    [InlineData("rfc822;a=b", false)]
    public void Original_recipients(string value, bool isValid) => Assert.Equal(isValid, DsnParameters.IsOriginalRecipient(value));

    [Theory]
    [InlineData(99, true)]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public void An_envelope_id_has_at_most_100_characters(int length, bool isValid) => Assert.Equal(isValid, DsnParameters.IsEnvelopeId(new string('a', length)));

    [Theory]
    [InlineData(499, true)]
    [InlineData(500, true)]
    [InlineData(501, false)]
    public void An_original_recipient_has_at_most_500_characters(int length, bool isValid) =>
        Assert.Equal(isValid, DsnParameters.IsOriginalRecipient("rfc822;".PadRight(length, 'a')));

    [Fact]
    public void What_is_taken_can_stand_in_a_command() => Gen.String.Sample(text =>
    {
        foreach (var value in new[] { text, "rfc822;" + text, "utf-8;" + text })
        {
            if (DsnParameters.IsEnvelopeId(value) || DsnParameters.IsOriginalRecipient(value) || DsnParameters.Notify(value) is not null)
            {
                Assert.DoesNotContain(value, character => char.IsControl(character) || character is ' ' or '=');
            }
        }
    });
}
