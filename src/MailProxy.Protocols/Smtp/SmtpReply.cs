using System.Buffers;
using System.Text;
using MailProxy.Protocols.Lines;

namespace MailProxy.Protocols.Smtp;

/// <summary>One whole reply, its continuation lines included (RFC 5321 4.2): <c>*(code "-" text CRLF) code [SP text] CRLF</c>.</summary>
/// <param name="Code">200 to 599.</param>
/// <param name="Lines">The text of each line behind code and separator; at least one, possibly empty.</param>
public sealed record SmtpReply(int Code, IReadOnlyList<string> Lines)
{
    private const int CodeLength = 3;

    /// <summary>2xx or 3xx.</summary>
    public bool IsPositive => Code < 400;

    /// <summary>Reads one reply from the start of <paramref name="buffer"/>.</summary>
    /// <param name="buffer">Bytes from the server.</param>
    /// <param name="limit">Most octets of the whole reply (not of a line); a server that never ends is TooLong.</param>
    /// <param name="reply">The reply when Done.</param>
    /// <param name="end">Behind the reply's last CRLF; when Malformed, behind the line that is none of a reply if its end could be told.</param>
    public static ReadStatus TryRead(in ReadOnlySequence<byte> buffer, int limit, out SmtpReply? reply, out SequencePosition end)
    {
        reply = null;
        end = buffer.Start;
        var lines = new List<string>();
        var rest = buffer;
        var code = 0;
        while (true)
        {
            var left = limit - (int)(buffer.Length - rest.Length);
            var status = LineReader.TryReadLine(rest, left, out var line, out var lineEnd);
            if (status != ReadStatus.Done)
            {
                end = status == ReadStatus.Malformed ? lineEnd : buffer.Start;
                return status;
            }

            if (!TryReadLine(line, out var lineCode, out var isLast, out var text) || (lines.Count > 0 && lineCode != code))
            {
                end = lineEnd;
                return ReadStatus.Malformed;
            }

            code = lineCode;
            lines.Add(text);
            if (isLast)
            {
                end = lineEnd;
                reply = new(code, lines);
                return ReadStatus.Done;
            }

            rest = rest.Slice(lineEnd);
        }
    }

    private static bool TryReadLine(in ReadOnlySequence<byte> line, out int code, out bool isLast, out string text)
    {
        code = 0;
        isLast = true;
        text = "";
        if (line.Length < CodeLength)
        {
            return false;
        }

        Span<byte> head = stackalloc byte[CodeLength + 1];
        head = head[..(int)Math.Min(line.Length, head.Length)];
        line.Slice(0, head.Length).CopyTo(head);
        if (head[0] is < (byte)'2' or > (byte)'5' || head[1..CodeLength].IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0)
        {
            return false;
        }

        code = ((head[0] - '0') * 100) + ((head[1] - '0') * 10) + (head[2] - '0');
        if (head.Length == CodeLength)
        {
            return true;
        }

        isLast = head[CodeLength] != '-';
        text = Encoding.UTF8.GetString(line.Slice(CodeLength + 1));
        return head[CodeLength] is (byte)' ' or (byte)'-';
    }
}
