using System.Buffers;
using System.Text;
using MailProxy.Protocols.Lines;

namespace MailProxy.Protocols.Pop3;

/// <summary>
/// The status line of a reply (RFC 1939 3, RFC 2449 8, RFC 5034 4):
/// <c>("+OK" / "-ERR") [SP ["[" code "]" [SP]] text] CRLF / "+" [SP base64] CRLF</c>.
/// </summary>
/// <param name="Kind">How it begins.</param>
/// <param name="Text">What is behind status and code; the base64 text of a continuation.</param>
/// <param name="Code">The response code without its brackets, as the server wrote it (<c>SYS/TEMP</c>, <c>AUTH</c>, <c>REFERRAL/...</c>); empty when there is none.</param>
public sealed record Pop3Reply(Pop3ReplyKind Kind, string Text, string Code)
{
    /// <summary>Reads one status line from the start of <paramref name="buffer"/>; the lines of a multi-line reply follow it.</summary>
    /// <param name="buffer">Bytes from the server.</param>
    /// <param name="limit">Most octets of the line, CRLF included (RFC 2449 4: 512; a SASL challenge may be longer).</param>
    /// <param name="reply">The reply when Done.</param>
    /// <param name="end">Behind the line's LF, also when Malformed if there is one.</param>
    public static ReadStatus TryRead(in ReadOnlySequence<byte> buffer, int limit, out Pop3Reply? reply, out SequencePosition end)
    {
        reply = null;
        var status = LineReader.TryReadLine(buffer, limit, out var line, out end);
        if (status != ReadStatus.Done)
        {
            return status;
        }

        reply = Parse(Encoding.UTF8.GetString(line));
        return reply is null ? ReadStatus.Malformed : ReadStatus.Done;
    }

    private static Pop3Reply? Parse(string line)
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        var text = space < 0 ? "" : line[(space + 1)..];
        switch (space < 0 ? line : line[..space])
        {
            case "+OK":
                return WithCode(Pop3ReplyKind.Ok, text);
            case "-ERR":
                return WithCode(Pop3ReplyKind.Err, text);
            case "+":
                return new(Pop3ReplyKind.Continuation, text, "");
            default:
                return null;
        }
    }

    // An unclosed bracket, or one with blanks in it, is text: greetings such as "+OK [host name] ready" are in use.
    private static Pop3Reply WithCode(Pop3ReplyKind kind, string text)
    {
        var close = text.StartsWith('[') ? text.IndexOf(']', StringComparison.Ordinal) : -1;
        if (close <= 1 || text.AsSpan(1, close - 1).ContainsAnyExceptInRange('!', '~'))
        {
            return new(kind, text, "");
        }

        var rest = text[(close + 1)..];
        return new(kind, rest.StartsWith(' ') ? rest[1..] : rest, text[1..close]);
    }
}
