using System.Text;
using MailProxy.Store.Mime;
using Xunit;

namespace MailProxy.Store.Tests.Mime;

public sealed class MessageSectionsTests
{
    private const string Inner = "Subject: inner\r\nContent-Type: multipart/alternative; boundary=i\r\n\r\n--i\r\nX: 1\r\n\r\nalpha\r\n--i\r\nX: 2\r\n\r\nbeta\r\n--i--\r\n";
    private const string Message =
        "From: a@b\r\nSubject: outer\r\n\tfolded\r\nTo : c@d\r\nContent-Type: multipart/mixed; boundary=o\r\n\r\npre\r\n--o\r\n\r\none\r\n--o\r\nContent-Type: message/rfc822\r\n\r\n"
        + Inner + "\r\n--o--\r\n";

    [Theory]
    [InlineData("", SectionPart.Header, "From: a@b\r\nSubject: outer\r\n\tfolded\r\nTo : c@d\r\nContent-Type: multipart/mixed; boundary=o\r\n\r\n")]
    [InlineData("1", SectionPart.All, "one")]
    [InlineData("1", SectionPart.Mime, "\r\n")]
    [InlineData("1", SectionPart.Header, null)]
    [InlineData("1.1", SectionPart.All, null)]
    [InlineData("2", SectionPart.All, Inner)]
    [InlineData("2", SectionPart.Mime, "Content-Type: message/rfc822\r\n\r\n")]
    [InlineData("2", SectionPart.Header, "Subject: inner\r\nContent-Type: multipart/alternative; boundary=i\r\n\r\n")]
    [InlineData("2", SectionPart.Text, "--i\r\nX: 1\r\n\r\nalpha\r\n--i\r\nX: 2\r\n\r\nbeta\r\n--i--\r\n")]
    [InlineData("2.1", SectionPart.All, "alpha")]
    [InlineData("2.2", SectionPart.All, "beta")]
    [InlineData("2.2", SectionPart.Mime, "X: 2\r\n\r\n")]
    [InlineData("2.3", SectionPart.All, null)]
    [InlineData("3", SectionPart.All, null)]
    public void Sections_are_the_original_octets(string path, SectionPart part, string? expected) =>
        Assert.Equal(expected, Find(Message, new(Path(path), part, [])));

    [Fact]
    public void Whole_message_and_text_are_the_original_octets()
    {
        Assert.Equal(Message, Find(Message, SectionSpec.Whole));
        Assert.Equal(Message, Find(Message, SectionSpec.Header) + Find(Message, SectionSpec.Text));
    }

    [Theory]
    [InlineData("1", SectionPart.All, "body\r\n")]
    [InlineData("1", SectionPart.Mime, "A: 1\r\n\r\n")]
    [InlineData("1.1", SectionPart.All, null)]
    [InlineData("2", SectionPart.All, null)]
    [InlineData("", SectionPart.Text, "body\r\n")]
    public void A_message_without_parts_has_part_one(string path, SectionPart part, string? expected) =>
        Assert.Equal(expected, Find("A: 1\r\n\r\nbody\r\n", new(Path(path), part, [])));

    [Theory]
    [InlineData(SectionPart.HeaderFields, "subject to", "Subject: outer\r\n\tfolded\r\nTo : c@d\r\n\r\n")]
    [InlineData(SectionPart.HeaderFields, "FROM TO", "From: a@b\r\nTo : c@d\r\n\r\n")]
    [InlineData(SectionPart.HeaderFields, "X-None", "\r\n")]
    [InlineData(SectionPart.HeaderFieldsNot, "Content-Type subject", "From: a@b\r\nTo : c@d\r\n\r\n")]
    public void Fields_are_selected_with_their_folds(SectionPart part, string fields, string expected) =>
        Assert.Equal(expected, Find(Message, new([], part, fields.Split(' '))));

    [Theory]
    [InlineData("just words\r\n\r\nmore\r\n", "", "just words\r\n\r\nmore\r\n")]
    [InlineData("", "", "")]
    [InlineData("A: 1\n\nx\n", "A: 1\n\n", "x\n")]
    [InlineData("A: 1", "A: 1", "")]
    public void Header_and_text_of_odd_messages_add_up(string message, string header, string text)
    {
        Assert.Equal(header, Find(message, SectionSpec.Header));
        Assert.Equal(text, Find(message, SectionSpec.Text));
    }

    [Theory]
    [InlineData(0, 100, "abcdef")]
    [InlineData(1, 3, "bcd")]
    [InlineData(3, 3, "def")]
    [InlineData(6, 5, "")]
    [InlineData(9, 5, "")]
    [InlineData(2, 0, "")]
    public void Partials_cross_ranges(long first, long count, string expected)
    {
        var ranges = OctetRange.Slice([new(0, 3), new(10, 3)], first, count);
        Assert.Equal(expected, string.Concat(ranges.Select(range => "abc_______def".Substring((int)range.Offset, (int)range.Length))));
    }

    private static int[] Path(string path) => path.Length == 0 ? [] : [.. path.Split('.').Select(int.Parse)];

    private static string? Find(string message, SectionSpec section)
    {
        var octets = Encoding.Latin1.GetBytes(message);
        var ranges = new MessageSections(new MemoryStream(octets)).Find(section, CancellationToken.None);
        return ranges is null
            ? null
            : string.Concat(ranges.Select(range => range.IsBlankLine ? "\r\n" : Encoding.Latin1.GetString(octets, (int)range.Offset, (int)range.Length)));
    }
}
