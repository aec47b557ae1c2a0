using System.Buffers;

namespace MailProxy.Protocols.Smtp;

/// <summary>
/// Takes the dots out of DATA content as it streams by (RFC 5321 4.5.2): <c>content = *( ["."] line CRLF ) "." CRLF</c>.
/// One reader reads one message and remembers where in a line it is, so that nothing has to be kept or looked at twice.
/// </summary>
/// <remarks>
/// RFC 5321 2.3.8 and 4.1.1.4: CRLF.CRLF ends a message and nothing else does; servers that took LF.LF or CR.CR for an end let a second
/// message be smuggled in behind. A bare CR or LF sets <see cref="HasBareLineEnd"/>; from there on nothing is given out (the message is to
/// be refused, and no store shall ever see such bytes), but reading goes on to the true end, so that the refusal is heard as the answer to the data.
/// </remarks>
public sealed class DotReader
{
    private const byte Cr = (byte)'\r';
    private const byte Lf = (byte)'\n';

    private Place _place = Place.LineStart;

    private enum Place
    {
        LineStart,
        InLine,
        BehindCr,
        BehindDot,
        BehindDotCr,
        Ended,
    }

    /// <summary>A CR without LF or a LF without CR was seen: refuse the message with a permanent error.</summary>
    public bool HasBareLineEnd { get; private set; }

    /// <summary>Octets given out so far, or that would have been with an output.</summary>
    public long Length { get; private set; }

    /// <summary>Reads on.</summary>
    /// <param name="buffer">What follows the bytes of the call before.</param>
    /// <param name="output">Where the content goes, at most one octet more than the buffer has; null: nowhere (a message over its size limit).</param>
    /// <param name="consumed">Behind the final dot's CRLF (Done), otherwise the buffer's end: what was shown need not be shown again.</param>
    /// <returns>Done or NeedMore.</returns>
    public ReadStatus TryRead(in ReadOnlySequence<byte> buffer, IBufferWriter<byte>? output, out SequencePosition consumed)
    {
        var offset = 0L;
        foreach (var segment in buffer)
        {
            var read = ReadPiece(segment.Span, output);
            offset += read;
            if (_place == Place.Ended)
            {
                consumed = buffer.GetPosition(offset);
                return ReadStatus.Done;
            }
        }

        consumed = buffer.End;
        return ReadStatus.NeedMore;
    }

    private int ReadPiece(ReadOnlySpan<byte> piece, IBufferWriter<byte>? output)
    {
        var index = 0;
        while (index < piece.Length && _place != Place.Ended)
        {
            var octet = piece[index];
            switch (_place)
            {
                case Place.LineStart when octet == '.':
                    _place = Place.BehindDot;
                    index++;
                    break;
                case Place.BehindDot when octet == Cr:
                    _place = Place.BehindDotCr;
                    index++;
                    break;
                case Place.BehindDotCr when octet == Lf:
                    _place = Place.Ended;
                    index++;
                    break;
                case Place.BehindDotCr:
                    HasBareLineEnd = true;
                    _place = Place.InLine;
                    break;
                case Place.BehindCr when octet == Lf:
                    Give([Cr, Lf], output);
                    _place = Place.LineStart;
                    index++;
                    break;
                case Place.BehindCr:
                    HasBareLineEnd = true;
                    _place = Place.InLine;
                    break;
                default:
                    index += ReadText(piece[index..], output);
                    break;
            }
        }

        return index;
    }

    // As many whole lines as lie there without a dot in front go out at once.
    private int ReadText(ReadOnlySpan<byte> text, IBufferWriter<byte>? output)
    {
        var position = 0;
        while (true)
        {
            var end = text[position..].IndexOfAny(Cr, Lf);
            if (end < 0)
            {
                Give(text, output);
                _place = Place.InLine;
                return text.Length;
            }

            position += end;
            var isBare = text[position] == Lf;
            if (isBare || position + 1 == text.Length || text[position + 1] != Lf)
            {
                Give(text[..position], output);
                HasBareLineEnd |= isBare;
                _place = isBare ? Place.InLine : Place.BehindCr;
                return position + 1;
            }

            position += 2;
            if (position == text.Length || text[position] == '.')
            {
                Give(text[..position], output);
                _place = Place.LineStart;
                return position;
            }
        }
    }

    private void Give(ReadOnlySpan<byte> octets, IBufferWriter<byte>? output)
    {
        if (HasBareLineEnd)
        {
            return;
        }

        Length += octets.Length;
        output?.Write(octets);
    }
}
