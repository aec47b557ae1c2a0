using System.Buffers;
using System.Buffers.Text;

namespace MailProxy.Protocols.Imap;

/// <summary>The end of a line that announces a literal: <c>"{" number64 ["+"] "}"</c> (RFC 9051 4.3, RFC 7888).</summary>
/// <param name="Size">Octets that follow the line's CRLF.</param>
/// <param name="IsSynchronizing">True for <c>{n}</c>, whose sender waits for <c>+</c>.</param>
internal readonly record struct ImapLiteralHeader(long Size, bool IsSynchronizing)
{
    /// <summary>
    /// Looks at the end of a line. Done: a header. NeedMore: the line announces nothing. Malformed: a header that is none, such as <c>{x}</c>
    /// or a number beyond 63 bits: what follows could be taken for a command, so the difference matters.
    /// </summary>
    public static ReadStatus TryRead(in ReadOnlySequence<byte> line, out ImapLiteralHeader header)
    {
        header = default;
        if (line.IsEmpty || line.Slice(line.Length - 1).FirstSpan[0] != '}')
        {
            return ReadStatus.NeedMore;
        }

        return TryRead(line.IsSingleSegment ? line.FirstSpan : line.ToArray(), out header);
    }

    private static ReadStatus TryRead(ReadOnlySpan<byte> line, out ImapLiteralHeader header)
    {
        header = default;
        var open = line.LastIndexOf((byte)'{');
        var inner = line[(open + 1)..^1];

        // "}" may end an atom, and "{" may stand in a quoted string before it.
        if (open < 0 || inner.IndexOfAny((byte)' ', (byte)'"') >= 0)
        {
            return ReadStatus.NeedMore;
        }

        var isSynchronizing = !inner.EndsWith("+"u8);
        var digits = isSynchronizing ? inner : inner[..^1];
        if (digits.IsEmpty || digits.ContainsAnyExcept(ImapOctets.Digits) || !Utf8Parser.TryParse(digits, out long size, out var used) || used != digits.Length)
        {
            return ReadStatus.Malformed;
        }

        header = new(size, isSynchronizing);
        return ReadStatus.Done;
    }
}
