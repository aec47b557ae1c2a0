using System.Buffers;

namespace MailProxy.Protocols.Lines;

/// <summary>Splits CRLF lines. Grammar: <c>line = *OCTET CRLF</c>, where the octets hold neither CR, LF nor NUL.</summary>
public static class LineReader
{
    /// <summary>Reads the first line of <paramref name="buffer"/>.</summary>
    /// <remarks>
    /// RFC 5321 2.3.8: a line ends in CRLF and in nothing else (a bare LF or CR is how mail and commands are smuggled): such a
    /// line, or one with a NUL, is <see cref="ReadStatus.Malformed"/>, and <paramref name="end"/> is then behind its LF when there is one.
    /// </remarks>
    /// <param name="buffer">Bytes from the start of the line on.</param>
    /// <param name="limit">Most octets a line may have, CRLF included.</param>
    /// <param name="line">The line without its CRLF (valid when Done).</param>
    /// <param name="end">Behind the line's LF: where the next line begins.</param>
    public static ReadStatus TryReadLine(in ReadOnlySequence<byte> buffer, int limit, out ReadOnlySequence<byte> line, out SequencePosition end)
    {
        var reader = new SequenceReader<byte>(buffer);
        line = default;
        end = buffer.Start;
        if (!reader.TryReadTo(out line, (byte)'\n', advancePastDelimiter: true))
        {
            return buffer.Length >= limit ? ReadStatus.TooLong : ReadStatus.NeedMore;
        }

        end = reader.Position;
        if (reader.Consumed > limit)
        {
            return ReadStatus.TooLong;
        }

        var length = line.Length;
        if (length == 0 || line.Slice(length - 1).FirstSpan[0] != '\r')
        {
            return ReadStatus.Malformed;
        }

        line = line.Slice(0, length - 1);
        foreach (var segment in line)
        {
            if (segment.Span.IndexOfAny((byte)'\r', (byte)0) >= 0)
            {
                return ReadStatus.Malformed;
            }
        }

        return ReadStatus.Done;
    }
}
