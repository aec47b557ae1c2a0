using System.Text;
using System.Text.RegularExpressions;
using MailProxy.Protocols.Sieve;
using MailProxy.Testing.Fuzzing;
using Xunit;

namespace MailProxy.Protocols.Tests.Fuzz;

/// <summary>ManageSieve's lines, of clients and of servers, beside an oracle of regular expressions.</summary>
public sealed class SieveFuzzTests
{
    // So small that mutations pass them.
    private static readonly SieveLimits Limits = new(Octets: 160, Tokens: 8);

    private static readonly string[] Words =
    [
        "OK", "NO", "bye", "\"", "\\\"", "\\\\", "{", "}", "{3+}\r\n", "{0}\r\n", "{3}\r\nabc", "{2+}\r\n\r\n", "{0000000003}\r\n", "{4294967299+}\r\n", "(", ")", "(TRYLATER)", "(SASL \"", "(X (a) \"b\")",
        "QUOTA/MAXSIZE", "\"a\" ", " \"b\"", "AUTHENTICATE", "PLAIN", "\r\nOK\r\n",
    ];

    private static readonly string[] Seeds =
    [
        "AUTHENTICATE \"PLAIN\" \"AGJvYgBzZWNyZXQ=\"\r\n", "AUTHENTICATE \"PLAIN\" {5+}\r\nAAAA=\r\n", "NOOP \"a\\\"b\\\\\"\r\n", "XCLIENT ADDR=192.0.2.1 PORT=4711\r\n", "PUTSCRIPT \"x\" {4}\r\na\r\nb\r\n",
        "OK\r\n", "NO (TRYLATER) \"later\"\r\n", "BYE (REFERRAL \"sieve://bob@s2:4190\")\r\n", "OK (SASL {4}\r\ndGVz) \"in\"\r\n", "OK (X (a \"b\")) \"c\"\r\n", "\"STARTTLS\"\r\n", "\"SIEVE\" \"fileinto\"\r\n", "OK {5}\r\na\r\nbc\r\n",
    ];

    [Theory]
    [InlineData(SieveLiteralForm.FromClient)]
    [InlineData(SieveLiteralForm.FromServer)]
    public void A_line(SieveLiteralForm form) => Run((octets, random) =>
    {
        var expected = SieveOracle.ReadLine(Encoding.Latin1.GetString(octets), Limits, form == SieveLiteralForm.FromClient);
        var buffer = RandomCuts.Sequence(octets, random);
        var status = SieveLineReader.TryRead(buffer, Limits, form, out var line, out var end);
        Assert.Equal((expected.Status, expected.Length), (status, octets.Length - (int)buffer.Slice(end).Length));
        Assert.Equal(status == ReadStatus.Done ? expected.Tokens : [], Tokens(line));
        if (line is null)
        {
            return $"{status} {expected.Length / 16}";
        }

        // What is a line is none before its last octet is here.
        Assert.Equal(ReadStatus.NeedMore, SieveLineReader.TryRead(RandomCuts.Sequence(octets[..random.Next(expected.Length)], random), Limits, form, out _, out _));

        // And back: the same tokens in the plainest form.
        var written = string.Join(' ', expected.Tokens.Select(token => token.Kind == 'T' ? $"{{{token.Value.Length}+}}\r\n{token.Value}" : token.Kind == 'A' ? token.Value : $"{token.Kind}")) + "\r\n";
        Assert.Equal(ReadStatus.Done, SieveLineReader.TryRead(RandomCuts.Sequence(Encoding.Latin1.GetBytes(written), random), new(8_192, 8), form, out var again, out _));
        Assert.Equal(expected.Tokens, Tokens(again));
        return $"{status} {string.Concat(expected.Tokens.Select(token => token.Kind))} {line.Verb.Length}";
    });

    [Fact]
    public void A_response() => Run(static (octets, random) =>
    {
        var (status, length, tokens) = SieveOracle.ReadLine(Encoding.Latin1.GetString(octets), Limits, isClient: false);
        var expected = status == ReadStatus.Done ? SieveOracle.Respond(tokens) : null;
        var buffer = RandomCuts.Sequence(octets, random);
        var said = SieveResponse.TryRead(buffer, Limits, out var response, out var end);
        Assert.Equal(status == ReadStatus.Done && expected is null ? ReadStatus.Malformed : status, said);
        Assert.Equal(length, octets.Length - (int)buffer.Slice(end).Length);
        Assert.Equal(expected is null, response is null);
        if (expected is { } told)
        {
            Assert.Equal(
                (told.Kind, Ascii(told.Code), Utf8(told.CodeText), Utf8(told.Text), told.Value is null ? null : Utf8(told.Value)),
                (response!.Kind, response.Code, response.CodeText, response.Text, response.Value));
        }

        return $"{said} {response?.Kind} {response?.Code.Length > 0} {response?.CodeText.Length > 0} {tokens.Count}";
    });

    [Fact]
    public void A_string_both_ways() => Run(static (octets, random) =>
    {
        var text = Utf8(Encoding.Latin1.GetString(octets)) + new string('\\', random.Next(3) * 600);
        var written = SieveStringWriter.ForClient(text);
        Assert.Matches("""\A(?:"(?:[^"\\\r\n\0]|\\["\\])*"\z|\{[0-9]+\}\r\n)""", written);
        var line = Encoding.UTF8.GetBytes($"OK {written}\r\n");
        Assert.Equal(ReadStatus.Done, SieveResponse.TryRead(RandomCuts.Sequence(line, random), new(16_384, 2), out var response, out _));
        Assert.Equal(text, response!.Text);
        return $"{written[0]} {written.Length / 32}";
    });

    private static IEnumerable<(char, string)> Tokens(SieveLine? line) =>
        line?.Tokens.Select(token => ("ATOC"[(int)token.Kind] switch { 'O' => '(', 'C' => ')', var kind => kind }, Encoding.Latin1.GetString(token.Octets))) ?? [];

    private static string Utf8(string latin) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(latin));

    private static string Ascii(string latin) => Regex.Replace(latin, @"[^\x00-\x7F]", "?");

    private static void Run(Func<byte[], Random, string> check) => new Fuzzer(Seeds, Words).Run(check);
}
