using System.Text;
using MailProxy.Http.UserTraffic;
using Xunit;

namespace MailProxy.Http.Tests;

public sealed class BasicCredentialsTests
{
    [Theory]
    [InlineData("alice@example.org:secret", "alice@example.org", "secret")]
    [InlineData("alice::with:colons", "alice", ":with:colons")]
    [InlineData("alice:", "alice", "")]
    [InlineData("jürgen:pässwörd", "jürgen", "pässwörd")]
    [InlineData("%n%s*)(uid=*:${jndi}", "%n%s*)(uid=*", "${jndi}")]
    public void Well_formed_credentials_are_taken_as_they_are(string text, string user, string password)
    {
        foreach (var scheme in new[] { "Basic ", "basic ", "BASIC  " })
        {
            var credentials = BasicCredentials.TryParse(scheme + Encode(text))!;
            Assert.Equal(user, credentials.User);
            Assert.Equal(password, Encoding.UTF8.GetString(credentials.Password.Octets.Span));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Basic")]
    [InlineData("Basic ")]
    [InlineData("Basic !!!!")]
    [InlineData("Basic YQ")]
    [InlineData("Bearer YWxpY2U6c2VjcmV0")]
    [InlineData("Basic YWxpY2U6c2VjcmV0, Basic YWxpY2U6c2VjcmV0")]
    public void Other_headers_are_none(string? header) => Assert.Null(BasicCredentials.TryParse(header));

    [Theory]
    [InlineData("no colon")]
    [InlineData(":no user")]
    [InlineData("al\0ice:secret")]
    [InlineData("alice:sec\r\nret")]
    [InlineData("alice\t:secret")]
    [InlineData("alice:\u007f")]
    public void Control_characters_and_missing_parts_are_refused(string text) => Assert.Null(BasicCredentials.TryParse("Basic " + Encode(text)));

    [Theory]
    [InlineData(new byte[] { 0xFF, (byte)':', (byte)'x' })]
    [InlineData(new byte[] { (byte)'x', (byte)':', 0xC3 })]
    public void What_is_not_utf8_is_refused(byte[] octets) => Assert.Null(BasicCredentials.TryParse("Basic " + Convert.ToBase64String(octets)));

    [Theory]
    [InlineData(9215, true)]
    [InlineData(9216, true)]
    [InlineData(9217, false)]
    public void The_length_is_bounded(int octets, bool isTaken) =>
        Assert.Equal(isTaken, BasicCredentials.TryParse("Basic " + Encode("a:" + new string('x', octets - 2))) is not null);

    private static string Encode(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
