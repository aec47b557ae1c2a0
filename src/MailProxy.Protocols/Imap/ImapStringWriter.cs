using System.Buffers;
using System.Buffers.Text;

namespace MailProxy.Protocols.Imap;

/// <summary>Writes strings so that a reader gets the same octets back.</summary>
public static class ImapStringWriter
{
    // RFC 7162 4 recommends lines of at most 8,192 octets; a server may refuse much shorter quoted strings (RFC 2683 3.2.1.5: 1,000).
    private const int QuotedLimit = 1_024;

    /// <summary>Quoted when it can be (no CR, LF, NUL, 8-bit; at most 1,024 octets); else a literal, non-synchronizing if <paramref name="literalPlus"/>.</summary>
    /// <returns>False when only a synchronizing literal would do and <paramref name="literalPlus"/> is false, or when the value holds NUL, which no string can; nothing is written then.</returns>
    public static bool TryWriteString(IBufferWriter<byte> writer, ReadOnlySpan<byte> value, bool literalPlus)
    {
        if (CanBeQuoted(value))
        {
            WriteQuoted(writer, value);
            return true;
        }

        if (!CanWriteString(value, literalPlus))
        {
            return false;
        }

        WriteLiteral(writer, value, "+}\r\n"u8);
        return true;
    }

    /// <summary>What <see cref="TryWriteString"/> would return: for commands of several strings, of which all or none must be written.</summary>
    public static bool CanWriteString(ReadOnlySpan<byte> value, bool literalPlus) => CanBeQuoted(value) || (literalPlus && !value.Contains((byte)0));

    /// <summary>As a server writes a string (RFC 9051 4.3): quoted when it can be, else a literal, which no server has to wait with.</summary>
    public static void WriteServerString(IBufferWriter<byte> writer, ReadOnlySpan<byte> value)
    {
        if (CanBeQuoted(value))
        {
            WriteQuoted(writer, value);
        }
        else
        {
            WriteLiteral(writer, value, "}\r\n"u8);
        }
    }

    private static bool CanBeQuoted(ReadOnlySpan<byte> value) =>
        value.Length <= QuotedLimit && !value.ContainsAnyInRange((byte)0x80, (byte)0xFF) && value.IndexOfAny((byte)'\r', (byte)'\n', (byte)0) < 0;

    private static void WriteQuoted(IBufferWriter<byte> writer, ReadOnlySpan<byte> value)
    {
        writer.Write("\""u8);
        while (value.IndexOfAny((byte)'"', (byte)'\\') is >= 0 and var special)
        {
            writer.Write(value[..special]);
            writer.Write("\\"u8);
            writer.Write(value.Slice(special, 1));
            value = value[(special + 1)..];
        }

        writer.Write(value);
        writer.Write("\""u8);
    }

    private static void WriteLiteral(IBufferWriter<byte> writer, ReadOnlySpan<byte> value, ReadOnlySpan<byte> close)
    {
        var header = writer.GetSpan(16);
        header[0] = (byte)'{';
        Utf8Formatter.TryFormat(value.Length, header[1..], out var digits);
        writer.Advance(1 + digits);
        writer.Write(close);
        writer.Write(value);
    }
}
