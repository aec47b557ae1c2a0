using System.Text;
using MailProxy.Store.Mime;
using Xunit;

namespace MailProxy.Store.Tests.Mime;

public sealed class MimeKitMessageAnalyzerTests
{
    private const string NoEnvelope = "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)";
    private const string PlainBody = "(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" ";

    [Fact]
    public async Task Envelope_holds_raw_values_and_parsed_addresses()
    {
        var structure = await AnalyzeAsync(
            "Date: Mon, 1 Jan 2024 00:00:00 +0000\r\nSubject: =?utf-8?q?caf=C3=A9?=\r\n folded \"x\"\r\nFrom: \"Doe, Jane\" <jane@example.org>, bob@example.org\r\n"
            + "To: =?utf-8?q?J=C3=B6rg?= <joerg@example.org>\r\nCc: friends: a@example.org, b@example.org;\r\nMessage-ID: <1@x>\r\n\r\nhi\r\n");
        Assert.Equal(
            "(\"Mon, 1 Jan 2024 00:00:00 +0000\" \"=?utf-8?q?caf=C3=A9?= folded \\\"x\\\"\" "
            + "((\"Doe, Jane\" NIL \"jane\" \"example.org\")(NIL NIL \"bob\" \"example.org\")) "
            + "((\"Doe, Jane\" NIL \"jane\" \"example.org\")(NIL NIL \"bob\" \"example.org\")) "
            + "((\"Doe, Jane\" NIL \"jane\" \"example.org\")(NIL NIL \"bob\" \"example.org\")) "
            + "((\"=?utf-8?b?SsO2cmc=?=\" NIL \"joerg\" \"example.org\")) "
            + "((NIL NIL \"friends\" NIL)(NIL NIL \"a\" \"example.org\")(NIL NIL \"b\" \"example.org\")(NIL NIL NIL NIL)) NIL NIL \"<1@x>\")",
            structure.Envelope,
            ignoreCase: true);
        Assert.Equal(PlainBody + "4 1)", structure.Body);
        Assert.Equal(PlainBody + "4 1 NIL NIL NIL NIL)", structure.BodyStructure);
    }

    [Theory]
    [InlineData("", 0, 0)]
    [InlineData("\r\n", 0, 0)]
    [InlineData("no header at all, just words\r\nand more\r\n", 40, 2)]
    [InlineData("\0\u00ff\u00fe{}()\"\\\r\r\n\n", 13, 2)]
    public async Task Garbage_is_a_plain_text_body(string content, long octets, int lines)
    {
        var structure = await AnalyzeAsync(content);
        Assert.Equal(NoEnvelope, structure.Envelope);
        Assert.Equal(FormattableString.Invariant($"{PlainBody}{octets} {lines})"), structure.Body);
    }

    [Fact]
    public async Task Multipart_tells_octets_and_lines_of_the_original()
    {
        var structure = await AnalyzeAsync(
            "Content-Type: multipart/mixed; boundary=\"b\"\r\nContent-Language: en, de\r\n\r\npreamble\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n"
            + "Content-Transfer-Encoding: quoted-printable\r\n\r\n<p>1\r\n2</p>\r\n\r\n--b\r\nContent-Type: image/png\r\nContent-Disposition: attachment; filename*=utf-8''caf%C3%A9.png\r\n"
            + "Content-ID: <i@x>\r\nContent-MD5: Q2hlY2s=\r\n\r\nxyz\r\n--b--\r\n");
        Assert.Equal(
            "((\"text\" \"html\" (\"charset\" \"utf-8\") NIL NIL \"quoted-printable\" 13 2 NIL NIL NIL NIL)"
            + "(\"image\" \"png\" NIL \"<i@x>\" NIL \"7bit\" 3 \"Q2hlY2s=\" (\"attachment\" (\"filename*\" \"utf-8''caf%C3%A9.png\")) NIL NIL) "
            + "\"mixed\" (\"boundary\" \"b\") NIL (\"en\" \"de\") NIL)",
            structure.BodyStructure);
    }

    [Fact]
    public async Task A_message_within_has_its_envelope_and_body()
    {
        var structure = await AnalyzeAsync("Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nhello\r\n");
        Assert.Equal(
            "(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 25 (NIL \"inner\" NIL NIL NIL NIL NIL NIL NIL NIL) " + PlainBody + "7 1) 3)",
            structure.Body);
    }

    [Theory]
    [InlineData("Content-Type: multipart/mixed\r\n\r\nnothing\r\n", "(" + PlainBody + "0 0) \"mixed\")")]
    [InlineData("Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nU3Vi\r\n", "(\"application\" \"octet-stream\" NIL NIL NIL \"base64\" 6)")]
    [InlineData("Content-Type: nonsense\r\n\r\nx", "(\"application\" \"octet-stream\" NIL NIL NIL \"7bit\" 1)")]
    public async Task Broken_structure_still_follows_the_grammar(string content, string expected) =>
        Assert.Equal(expected, (await AnalyzeAsync(content)).Body);

    [Fact]
    public async Task Controls_and_raw_octets_cannot_break_the_line()
    {
        var structure = await AnalyzeAsync("Subject: a\0\u00e9\r\nFrom: =?utf-8?q?a=0D=0Ab?= <x@y>\r\n\r\n");
        Assert.StartsWith("(NIL {2}\r\na\u00e9 ((\"a  b\" NIL \"x\" \"y\"))", structure.Envelope, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Depth_and_number_of_parts_are_bounded()
    {
        var nested = string.Concat(Enumerable.Range(0, 500).Select(i => $"Content-Type: multipart/mixed; boundary=b{i}\r\n\r\n--b{i}\r\n")) + "\r\nx\r\n";
        var deep = (await AnalyzeAsync(nested)).BodyStructure;
        Assert.InRange(deep.TakeWhile(c => c == '(').Count(), 2, 120);
        var wide = "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + string.Concat(Enumerable.Repeat("--b\r\n\r\nx\r\n", 20_000));
        Assert.InRange((await AnalyzeAsync(wide)).BodyStructure.Length, 1, 200);
    }

    private static async Task<(string Envelope, string Body, string BodyStructure)> AnalyzeAsync(string latin1)
    {
        using var content = new MemoryStream(Encoding.Latin1.GetBytes(latin1));
        var structure = await new MimeKitMessageAnalyzer().AnalyzeAsync(content, CancellationToken.None);
        return (Text(structure.Envelope), Text(structure.Body), Text(structure.BodyStructure));
    }

    private static string Text(byte[] octets) => Encoding.Latin1.GetString(octets);
}
