using System.Text;
using CsCheck;
using MailProxy.Protocols.Imap;
using Xunit;

namespace MailProxy.Protocols.Tests.Imap;

public sealed class ImapModifiedUtf7Tests
{
    [Theory]
    [InlineData("INBOX", "INBOX")]
    [InlineData("R&D", "R&-D")]
    [InlineData("Entwürfe", "Entw&APw-rfe")]
    [InlineData("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-")]
    [InlineData("😀", "&2D3eAA-")]
    public void Names_have_one_form_on_the_wire(string name, string wire)
    {
        Assert.Equal(wire, ImapModifiedUtf7.Encode(name));
        Assert.True(ImapModifiedUtf7.TryDecode(Encoding.ASCII.GetBytes(wire), out var read));
        Assert.Equal(name, read);
    }

    [Theory]
    [InlineData("a&")]
    [InlineData("&AP")]
    [InlineData("&!!!!-")]
    [InlineData("&A-")]
    [InlineData("&AGE-")]
    [InlineData("&AAo-")]
    [InlineData("&2D0-")]
    [InlineData("&U/BTFw-")]
    [InlineData("&U,BTFw-&ZeVnLIqe-")]
    [InlineData("a\u00fc")]
    [InlineData("a\tb")]
    public void Other_forms_are_refused(string wire) =>
        Assert.False(ImapModifiedUtf7.TryDecode(Encoding.Latin1.GetBytes(wire), out _) && ImapModifiedUtf7.Encode(Decode(wire)) == wire);

    [Fact]
    public void What_is_encoded_is_decoded_again() =>
        Gen.String[Gen.Char[' ', '\ud7ff'], 0, 20].Where(name => !name.Any(char.IsControl)).Sample(name =>
        {
            Assert.True(ImapModifiedUtf7.TryDecode(Encoding.ASCII.GetBytes(ImapModifiedUtf7.Encode(name)), out var read));
            Assert.Equal(name, read);
        });

    private static string Decode(string wire) => ImapModifiedUtf7.TryDecode(Encoding.Latin1.GetBytes(wire), out var name) ? name : "";
}
