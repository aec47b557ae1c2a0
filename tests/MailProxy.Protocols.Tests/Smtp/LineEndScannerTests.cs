using MailProxy.Protocols.Smtp;
using MailProxy.Protocols.Tests.Lines;
using Xunit;

namespace MailProxy.Protocols.Tests.Smtp;

public sealed class LineEndScannerTests
{
    [Theory]
    [InlineData("", false)]
    [InlineData("a\r\n\r\nb", false)]
    [InlineData("a\n", true)]
    [InlineData("\n", true)]
    [InlineData("a\rb\r\n", true)]
    [InlineData("a\r\r\n", true)]
    [InlineData("a\r", true)]
    public void Bare_line_ends_are_found_however_the_content_is_cut(string content, bool expected)
    {
        foreach (var pieces in Cuts.Of(Cuts.Octets(content)))
        {
            var scanner = new LineEndScanner();
            foreach (var piece in pieces)
            {
                scanner.Scan(piece.Span);
            }

            scanner.End();
            Assert.Equal(expected, scanner.HasBareLineEnd);
        }
    }
}
