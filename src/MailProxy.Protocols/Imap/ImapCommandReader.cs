using System.Buffers;

namespace MailProxy.Protocols.Imap;

/// <summary>Splits one IMAP command from a buffer: <c>command = *(text "{" n ["+"] "}" CRLF n*OCTET) text CRLF</c> (RFC 9051 9, RFC 7888).</summary>
public static class ImapCommandReader
{
    /// <summary>Finds the end of the command that starts at the start of <paramref name="buffer"/>. Pure: call it again with more bytes.</summary>
    /// <remarks>Malformed is told at the end of the line that is wrong, and <c>frame.End</c> is behind its LF: the next command may be read from there.</remarks>
    public static ImapReadStatus TryRead(in ReadOnlySequence<byte> buffer, ImapReadLimits limits, out ImapCommandFrame frame)
    {
        var reader = new SequenceReader<byte>(buffer);
        var literals = 0;
        frame = Frame(buffer, buffer.Start, literals);
        while (true)
        {
            var begin = reader.Consumed;
            if (!reader.TryReadTo(out ReadOnlySequence<byte> line, (byte)'\n', advancePastDelimiter: true))
            {
                return reader.Remaining >= limits.Line || buffer.Length >= limits.Total ? ImapReadStatus.TooLong : ImapReadStatus.NeedMore;
            }

            if (reader.Consumed - begin > limits.Line || reader.Consumed > limits.Total)
            {
                return ImapReadStatus.TooLong;
            }

            if (!IsLine(line))
            {
                frame = Frame(buffer, reader.Position, literals);
                return ImapReadStatus.Malformed;
            }

            line = line.Slice(0, line.Length - 1);
            switch (ImapLiteralHeader.TryRead(line, out var header))
            {
                case ReadStatus.NeedMore:
                    frame = new(buffer.Slice(0, line.End), reader.Position, literals, -1, false);
                    return ImapReadStatus.Done;
                case ReadStatus.Malformed:
                    frame = Frame(buffer, reader.Position, literals);
                    return ImapReadStatus.Malformed;
            }

            literals++;
            frame = new(buffer.Slice(0, reader.Position), reader.Position, literals, header.Size, header.IsSynchronizing);
            if (header.Size > limits.Literal || header.Size > limits.Total - reader.Consumed || literals > limits.Literals)
            {
                return ImapReadStatus.TooLong;
            }

            // Also for an empty literal of which nothing more is here: its sender waits for "+" all the same.
            if (reader.Remaining < header.Size || reader.Remaining == 0)
            {
                return ImapReadStatus.NeedLiteral;
            }

            reader.Advance(header.Size);
            frame = frame with { PendingLiteral = -1, PendingIsSynchronizing = false };
        }
    }

    private static ImapCommandFrame Frame(in ReadOnlySequence<byte> buffer, SequencePosition end, int literals) =>
        new(buffer.Slice(0, end), end, literals, -1, false);

    // Ends in CR (the LF is off already) and holds neither another CR nor NUL.
    private static bool IsLine(in ReadOnlySequence<byte> line)
    {
        var reader = new SequenceReader<byte>(line);
        return reader.TryAdvanceToAny("\r\0"u8, advancePastDelimiter: false) && reader.IsNext((byte)'\r') && reader.Remaining == 1;
    }
}
