using MailProxy.Protocols.Milter;
using MailProxy.Protocols.Tests.Lines;
using Xunit;

namespace MailProxy.Protocols.Tests.Milter;

public sealed class HeaderFieldReaderTests
{
    [Theory]
    [InlineData("Subject: x\r\n\r\nbody", 14)]
    [InlineData("\r\nbody", 2)]
    [InlineData("Subject: x\r\n\r\n", 14)]
    [InlineData("Subject: x\r\n", -1)]
    [InlineData("", -1)]
    public void The_body_begins_behind_the_empty_line(string message, int at) => Assert.Equal(at, HeaderFieldReader.FindBody(Cuts.Octets(message)));

    [Theory]
    [InlineData("Subject: x\r\nTo: a,\r\n\tb,\r\n c\r\n\r\n", "Subject| x;To| a,\r\n\tb,\r\n c")]
    [InlineData("Subject: x\r\nTo: b", "Subject| x;To| b")]
    [InlineData("Subject :x\r\nTabs \t : y\r\nEmpty:\r\n\r\n", "Subject|x;Tabs| y;Empty|")]
    [InlineData("no colon\r\n\r\n", "no colon|")]
    [InlineData("\r\nSubject: body\r\n", "")]
    [InlineData("", "")]
    public void Fields_keep_every_octet(string header, string fields)
    {
        var read = HeaderFieldReader.Read(Cuts.Octets(header));
        Assert.Equal(fields, string.Join(';', read.Select(field => $"{Cuts.Text(field.Name)}|{Cuts.Text(field.Value)}")));
        Assert.StartsWith(string.Join("\r\n", read.Select(field => Cuts.Text(field.Octets.Span))), header, StringComparison.Ordinal);
    }
}
