using System.Buffers;
using System.Text;
using CsCheck;
using MailProxy.Protocols.Imap;
using Xunit;

namespace MailProxy.Protocols.Tests.Imap;

public sealed class ImapArgumentReaderTests
{
    [Theory]
    [InlineData("bob", "bob", "")]
    [InlineData("bob pw", "bob", " pw")]
    [InlineData("b]b", "b]b", "")]
    [InlineData("\"\" x", "", " x")]
    [InlineData("\"a \\\"b\\\\\"x", "a \"b\\", "x")]
    [InlineData("\"b\u00e9\"", "b\u00e9", "")]
    [InlineData("{3}\r\na\r\nb", "a\r\n", "b")]
    [InlineData("{3+}\r\n\"\\\" y", "\"\\\"", " y")]
    [InlineData("{0}\r\n", "", "")]
    public void An_astring_gives_its_octets(string input, string value, string rest)
    {
        var reader = new ImapArgumentReader(Arrivals.Octets(input));
        Assert.True(reader.TryReadAstring(out var octets));
        Assert.Equal(value, Encoding.Latin1.GetString(octets));
        Assert.Equal(rest, Encoding.Latin1.GetString(reader.Rest));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" x")]
    [InlineData("(x")]
    [InlineData("*")]
    [InlineData("\"open")]
    [InlineData("\"open\\\"")]
    [InlineData("\"\\x\"")]
    [InlineData("\"\r\n\"")]
    [InlineData("{3}\r\nab")]
    [InlineData("{3}ab")]
    [InlineData("{x}\r\nab")]
    [InlineData("{1}\r\n\0")]
    [InlineData("{99999999999}\r\nab")]
    public void What_is_no_astring_leaves_the_position_alone(string input)
    {
        var reader = new ImapArgumentReader(Arrivals.Octets(input));
        Assert.False(reader.TryReadAstring(out var octets));
        Assert.Empty(octets);
        Assert.Equal(input, Encoding.Latin1.GetString(reader.Rest));
    }

    [Fact]
    public void An_atom_ends_at_a_special()
    {
        var reader = new ImapArgumentReader("BODY]x"u8);
        Assert.True(reader.TryReadAtom(out var atom));
        Assert.Equal("BODY", Encoding.ASCII.GetString(atom));
        Assert.False(reader.TryReadAtom(out _));
        Assert.False(reader.TryReadSpace());
        Assert.True(reader.TryRead((byte)']'));
        Assert.False(reader.AtEnd);
    }

    [Fact]
    public void What_is_written_is_read_back() =>
        Gen.Byte.Where(octet => octet != 0).Array[0, 40].Sample(value =>
        {
            foreach (var written in new[] { Write(value, asServer: false), Write(value, asServer: true) })
            {
                var reader = new ImapArgumentReader(written);
                Assert.True(reader.TryReadAstring(out var read));
                Assert.Equal(value, read);
                Assert.True(reader.AtEnd);
            }
        });

    [Theory]
    [InlineData("bob", "\"bob\"")]
    [InlineData("", "\"\"")]
    [InlineData("a\"\\", "\"a\\\"\\\\\"")]
    [InlineData("%s\t", "\"%s\t\"")]
    public void Plain_text_is_quoted_without_literals(string value, string expected)
    {
        var writer = new ArrayBufferWriter<byte>();
        Assert.True(ImapStringWriter.CanWriteString(Arrivals.Octets(value), literalPlus: false));
        Assert.True(ImapStringWriter.TryWriteString(writer, Arrivals.Octets(value), literalPlus: false));
        Assert.Equal(expected, Encoding.Latin1.GetString(writer.WrittenSpan));
    }

    [Theory]
    [InlineData("a\r\nb")]
    [InlineData("\u00e9")]
    public void What_cannot_be_quoted_needs_literal_plus(string value)
    {
        var writer = new ArrayBufferWriter<byte>();
        Assert.False(ImapStringWriter.CanWriteString(Arrivals.Octets(value), literalPlus: false));
        Assert.False(ImapStringWriter.TryWriteString(writer, Arrivals.Octets(value), literalPlus: false));
        Assert.Equal(0, writer.WrittenCount);
        Assert.True(ImapStringWriter.CanWriteString(Arrivals.Octets(value), literalPlus: true));
        Assert.True(ImapStringWriter.TryWriteString(writer, Arrivals.Octets(value), literalPlus: true));
        Assert.Equal($"{{{value.Length}+}}\r\n{value}", Encoding.Latin1.GetString(writer.WrittenSpan));
    }

    [Fact]
    public void Nul_is_in_no_string()
    {
        var writer = new ArrayBufferWriter<byte>();
        Assert.False(ImapStringWriter.CanWriteString("a\0"u8, literalPlus: true));
        Assert.False(ImapStringWriter.TryWriteString(writer, "a\0"u8, literalPlus: true));
        Assert.Equal(0, writer.WrittenCount);
    }

    [Theory]
    [InlineData(1_023, '"')]
    [InlineData(1_024, '"')]
    [InlineData(1_025, '{')]
    public void Long_text_is_a_literal(int length, char first)
    {
        var writer = new ArrayBufferWriter<byte>();
        Assert.True(ImapStringWriter.CanWriteString(Arrivals.Octets(new string('x', length)), literalPlus: true));
        Assert.True(ImapStringWriter.TryWriteString(writer, Arrivals.Octets(new string('x', length)), literalPlus: true));
        Assert.Equal(first, (char)writer.WrittenSpan[0]);
    }

    private static byte[] Write(byte[] value, bool asServer)
    {
        var writer = new ArrayBufferWriter<byte>();
        if (asServer)
        {
            ImapStringWriter.WriteServerString(writer, value);
        }
        else
        {
            Assert.True(ImapStringWriter.CanWriteString(value, literalPlus: true));
        Assert.True(ImapStringWriter.TryWriteString(writer, value, literalPlus: true));
        }

        return writer.WrittenSpan.ToArray();
    }
}
