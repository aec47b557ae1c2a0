using System.Buffers;
using MailProxy.Protocols.Sieve;
using MailProxy.Protocols.Tests.Lines;
using Xunit;

namespace MailProxy.Protocols.Tests.Sieve;

public sealed class SieveLineReaderTests
{
    private static readonly SieveLimits Limits = new(Octets: 100, Tokens: 6);

    [Theory]
    [InlineData("CAPABILITY\r\n", "CAPABILITY")]
    [InlineData("\r\n", "")]
    [InlineData("noop \"a b\"\r\n", "noop 'a b'")]
    [InlineData("NOOP \"\"\r\n", "NOOP ''")]
    [InlineData("NOOP \"a\\\"b\\\\c\"\r\n", "NOOP 'a\"b\\c'")]
    [InlineData("AUTHENTICATE \"PLAIN\" {5+}\r\na\r\n\"b\r\n", "AUTHENTICATE 'PLAIN' 'a\r\n\"b'")]
    [InlineData("X {0+}\r\n {1+}\r\n\0\r\n", "X '' '\0'")]
    [InlineData("PUTSCRIPT \"foo{3+}\"\r\n", "PUTSCRIPT 'foo{3+}'")]
    [InlineData("A  \"b\" \r\n", "A 'b'")]
    [InlineData("XCLIENT ADDR=2001:db8::1 TTL=4\r\n", "XCLIENT ADDR=2001:db8::1 TTL=4")]
    [InlineData("\"*\"\r\n", "'*'")]
    [InlineData("\"\u00C3\u00A4\"\r\n", "'\u00C3\u00A4'")]
    public void A_clients_line_is_split_into_tokens_however_it_arrives(string text, string tokens)
    {
        foreach (var buffer in Cuts.Of(Cuts.Octets(text + "NEXT")))
        {
            Assert.Equal(ReadStatus.Done, SieveLineReader.TryRead(buffer, Limits, SieveLiteralForm.FromClient, out var line, out var end));
            Assert.Equal(tokens, Show(line!));
            Assert.Equal("NEXT", Cuts.Text(buffer.Slice(end).ToArray()));
        }
    }

    [Theory]
    [InlineData("OK (TAG \"x\") \"done\"\r\n", "OK ( TAG 'x' ) 'done'")]
    [InlineData("NO (TRYLATER)\r\n", "NO ( TRYLATER )")]
    [InlineData("\"SIEVE\" {3}\r\nabc\r\n", "'SIEVE' 'abc'")]
    [InlineData("\"SIEVE\" {3+}\r\nabc\r\n", "'SIEVE' 'abc'")]
    public void A_servers_line_has_parentheses_and_literals_of_its_own(string text, string tokens)
    {
        foreach (var buffer in Cuts.Of(Cuts.Octets(text)))
        {
            Assert.Equal(ReadStatus.Done, SieveLineReader.TryRead(buffer, Limits, SieveLiteralForm.FromServer, out var line, out var end));
            Assert.Equal(tokens, Show(line!));
            Assert.Equal(0, buffer.Slice(end).Length);
        }
    }

    [Theory]
    [InlineData("NOOP\n")]
    [InlineData("NOOP\rX\n")]
    [InlineData("NO\0OP\r\n")]
    [InlineData("NOOP \"a\nb\"\r\n")]
    [InlineData("NOOP \"a\r\n")]
    [InlineData("NOOP \"a\\bc\"\r\n")]
    [InlineData("NOOP \"a\0\"\r\n")]
    [InlineData("NOOP \"a\"\"b\"\r\n")]
    [InlineData("NOOP\"a\"\r\n")]
    [InlineData("NOOP {3}\r\n")]
    [InlineData("NOOP {+}\r\n")]
    [InlineData("NOOP {-1+}\r\n")]
    [InlineData("NOOP {1 +}\r\n")]
    [InlineData("NOOP {1+} \r\n")]
    [InlineData("NOOP {1+}\n")]
    [InlineData("\u00C3\u00A4\r\n")]
    [InlineData("A\tB\r\n")]
    public void What_is_no_line_is_malformed_to_its_line_feed(string text)
    {
        var behind = text.IndexOf('\n', StringComparison.Ordinal) + 1;
        foreach (var buffer in Cuts.Of(Cuts.Octets(text)))
        {
            Assert.Equal(ReadStatus.Malformed, SieveLineReader.TryRead(buffer, Limits, SieveLiteralForm.FromClient, out var line, out var end));
            Assert.Null(line);
            Assert.Equal(behind, buffer.Slice(0, end).Length);
        }
    }

    [Theory]
    [InlineData("CAPABILITY\r\n")]
    [InlineData("AUTHENTICATE \"PLAIN\" {5+}\r\na\r\n\"b\r\n")]
    [InlineData("NOOP \"a\\\\\"\r\n")]
    [InlineData("NOOP \"a\nb\"\r\n")]
    public void Every_beginning_needs_more(string text)
    {
        var octets = Cuts.Octets(text);
        var buffer = new ReadOnlySequence<byte>(octets);
        var whole = SieveLineReader.TryRead(buffer, Limits, SieveLiteralForm.FromClient, out _, out var end);
        var length = (int)buffer.Slice(0, end).Length;
        Assert.NotEqual(ReadStatus.NeedMore, whole);
        for (var cut = 0; cut < length; cut++)
        {
            Assert.Equal(ReadStatus.NeedMore, SieveLineReader.TryRead(new ReadOnlySequence<byte>(octets[..cut]), Limits, SieveLiteralForm.FromClient, out _, out _));
        }
    }

    [Theory]
    [InlineData(99, ReadStatus.Done)]
    [InlineData(100, ReadStatus.Done)]
    [InlineData(101, ReadStatus.TooLong)]
    public void A_line_has_so_many_octets_at_most_however_it_is_written(int octets, ReadStatus expected)
    {
        var literal = octets - "NOOP {99+}\r\n\r\n".Length;
        foreach (var text in new[] { new string('A', octets - 2) + "\r\n", $"NOOP \"{new string('a', octets - 9)}\"\r\n", $"NOOP {{{literal}+}}\r\n{new string('a', literal)}\r\n" })
        {
            Assert.Equal(octets, text.Length);
            foreach (var buffer in Cuts.Of(Cuts.Octets(text)))
            {
                Assert.Equal(expected, SieveLineReader.TryRead(buffer, Limits, SieveLiteralForm.FromClient, out _, out _));
            }
        }
    }

    [Theory]
    [InlineData("A B C D E F\r\n", ReadStatus.Done)]
    [InlineData("A B C D E F G\r\n", ReadStatus.TooLong)]
    [InlineData("((((((((((", ReadStatus.TooLong)]
    [InlineData("A {999999999+}\r\n", ReadStatus.TooLong)]
    [InlineData("A {9999999999999999999999+}\r\n", ReadStatus.TooLong)]
    public void Tokens_and_announced_literals_are_bounded_before_they_come(string text, ReadStatus expected) =>
        Assert.Equal(expected, SieveLineReader.TryRead(new ReadOnlySequence<byte>(Cuts.Octets(text)), Limits, SieveLiteralForm.FromClient, out _, out _));

    [Fact]
    public void What_was_read_can_be_forgotten()
    {
        SieveLineReader.TryRead(new ReadOnlySequence<byte>("NOOP \"secret\"\r\n"u8.ToArray()), Limits, SieveLiteralForm.FromClient, out var line, out _);
        line!.Clear();
        Assert.All(line.Tokens, token => Assert.All(token.Octets, octet => Assert.Equal(0, octet)));
    }

    private static string Show(SieveLine line) => string.Join(' ', line.Tokens.Select(token => token.Kind switch
    {
        SieveTokenKind.Open => "(",
        SieveTokenKind.Close => ")",
        SieveTokenKind.Text => $"'{Cuts.Text(token.Octets)}'",
        _ => Cuts.Text(token.Octets),
    }));
}
