using System.Text;
using MailProxy.Protocols.Milter;
using MailProxy.Proxy.Milter;
using Xunit;

namespace MailProxy.Proxy.Tests.Milter;

public sealed class EditedHeaderTests
{
    private const string Header = "Received: a\r\nSubject: x\r\nReceived: b\r\n";

    [Theory]
    [InlineData(MilterVerb.AddHeader, 0u, "X-A", "1", Header + "X-A: 1\r\n")]
    [InlineData(MilterVerb.InsertHeader, 0u, "X-A", "1", "X-A: 1\r\n" + Header)]
    [InlineData(MilterVerb.InsertHeader, 1u, "X-A", "1", "Received: a\r\nX-A: 1\r\nSubject: x\r\nReceived: b\r\n")]
    [InlineData(MilterVerb.InsertHeader, 99u, "X-A", "1", Header + "X-A: 1\r\n")]
    [InlineData(MilterVerb.ChangeHeader, 1u, "subject", "y", "Received: a\r\nsubject: y\r\nReceived: b\r\n")]
    [InlineData(MilterVerb.ChangeHeader, 0u, "Subject", "y", "Received: a\r\nSubject: y\r\nReceived: b\r\n")]
    [InlineData(MilterVerb.ChangeHeader, 2u, "Received", "", "Received: a\r\nSubject: x\r\n")]
    [InlineData(MilterVerb.ChangeHeader, 3u, "Received", "c", Header + "Received: c\r\n")]
    [InlineData(MilterVerb.ChangeHeader, 3u, "Received", "", Header)]
    [InlineData(MilterVerb.AddHeader, 0u, "X-A", "1\n\t2\r\n 3\n", Header + "X-A: 1\r\n\t2\r\n 3\r\n")]
    [InlineData(MilterVerb.AddHeader, 0u, "X-A", "1\nBcc: victim@example.org", Header + "X-A: 1\r\n\tBcc: victim@example.org\r\n")]
    [InlineData(MilterVerb.AddHeader, 0u, "X-A", "1\n\nbody", Header + "X-A: 1\r\n\t\r\n\tbody\r\n")]
    [InlineData(MilterVerb.AddHeader, 0u, "X:-\r\nA", "1", Header + "X-A: 1\r\n")]
    public void A_change_does_what_sendmail_does_and_never_makes_another_line(MilterVerb verb, uint index, string name, string value, string expected)
    {
        var header = new EditedHeader(HeaderFieldReader.Read(Encoding.Latin1.GetBytes(Header)));
        Assert.False(header.IsEdited);
        header.Apply(new(verb, index, name, value, []), hasLeadingSpace: false);
        Assert.Equal(expected + "\r\n", Encoding.Latin1.GetString(header.ToOctets().Span));
        Assert.True(header.IsEdited);
    }

    [Fact]
    public void What_is_no_change_of_the_header_changes_nothing()
    {
        var header = new EditedHeader(HeaderFieldReader.Read(Encoding.Latin1.GetBytes(Header)));
        header.Apply(new(MilterVerb.AddRecipient, 0, "<a@example.org>", "", []), hasLeadingSpace: false);
        Assert.False(header.IsEdited);
        Assert.Equal(Header + "\r\n", Encoding.Latin1.GetString(header.ToOctets().Span));
    }
}
