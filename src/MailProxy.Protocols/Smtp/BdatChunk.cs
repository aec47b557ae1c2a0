using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace MailProxy.Protocols.Smtp;

/// <summary>The argument of BDAT (RFC 3030 2): <c>chunk-size [SP "LAST"]</c>. As many octets follow the command's CRLF, whatever they are.</summary>
/// <param name="Size">Octets.</param>
/// <param name="IsLast">The message ends with this chunk.</param>
public readonly record struct BdatChunk(long Size, bool IsLast)
{
    // RFC 3030 2: chunk-size ::= 1*DIGIT. 18 digits are the most that always fit a long.
    private const int DigitLimit = 18;

    /// <summary>Parses what is behind <c>BDAT </c>. TooLong: a size that no message has; the octets behind such a command cannot be skipped.</summary>
    public static ReadStatus TryParse(in ReadOnlySequence<byte> argument, out BdatChunk chunk)
    {
        chunk = default;
        ReadOnlySpan<byte> text = argument.IsSingleSegment ? argument.FirstSpan : argument.ToArray();
        var digits = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        digits = digits < 0 ? text.Length : digits;
        var rest = text[digits..];
        if (digits == 0 || !(rest.IsEmpty || (rest[0] == ' ' && Ascii.EqualsIgnoreCase(rest.Trim((byte)' '), "LAST"u8))))
        {
            return ReadStatus.Malformed;
        }

        if (digits > DigitLimit || !Utf8Parser.TryParse(text[..digits], out long size, out _))
        {
            return ReadStatus.TooLong;
        }

        chunk = new(size, !rest.IsEmpty);
        return ReadStatus.Done;
    }
}
