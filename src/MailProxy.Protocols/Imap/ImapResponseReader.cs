using System.Buffers;
using System.Text;

namespace MailProxy.Protocols.Imap;

/// <summary>
/// Reads one response of a server: <c>("*" SP (status / data) / tag SP status / "+" [SP text]) CRLF</c> (RFC 9051 7 and 9),
/// where <c>status = ("OK" / "NO" / "BAD" / "BYE" / "PREAUTH") SP ["[" code "]" SP] text</c>.
/// </summary>
public static class ImapResponseReader
{
    private static readonly string[] UntaggedStatus = ["OK", "NO", "BAD", "BYE", "PREAUTH"];
    private static readonly string[] TaggedStatus = ["OK", "NO", "BAD"];

    /// <summary>Reads the response at the start of <paramref name="buffer"/>. Literals within data are passed over.</summary>
    /// <param name="buffer">Bytes from the server.</param>
    /// <param name="limit">Most octets of the whole response, literals included; a server that never ends is TooLong.</param>
    /// <param name="response">The response when Done.</param>
    /// <param name="end">Behind the response's last CRLF (Done), or behind the line that is wrong (Malformed).</param>
    public static ReadStatus TryRead(in ReadOnlySequence<byte> buffer, int limit, out ImapResponse? response, out SequencePosition end)
    {
        response = null;
        end = buffer.Start;
        var reader = new SequenceReader<byte>(buffer);
        var text = new StringBuilder();
        while (true)
        {
            if (!reader.TryReadTo(out ReadOnlySequence<byte> line, (byte)'\n', advancePastDelimiter: true))
            {
                return buffer.Length >= limit ? ReadStatus.TooLong : ReadStatus.NeedMore;
            }

            if (reader.Consumed > limit)
            {
                return ReadStatus.TooLong;
            }

            end = reader.Position;
            if (!TryGetText(line, out var part))
            {
                return ReadStatus.Malformed;
            }

            text.Append(part);
            if (ImapLiteralHeader.TryRead(line.Slice(0, line.Length - 1), out var header) != ReadStatus.Done || !MayHoldLiterals(text))
            {
                return TryParse(text.ToString(), out response) ? ReadStatus.Done : ReadStatus.Malformed;
            }

            end = buffer.Start;
            if (header.Size > limit - reader.Consumed)
            {
                return ReadStatus.TooLong;
            }

            if (reader.Remaining < header.Size)
            {
                return ReadStatus.NeedMore;
            }

            reader.Advance(header.Size);
        }
    }

    private static bool TryGetText(in ReadOnlySequence<byte> line, out string text)
    {
        text = "";
        var octets = line.ToArray();
        if (octets.Length == 0 || octets[^1] != '\r' || octets.AsSpan(0, octets.Length - 1).IndexOfAny((byte)'\r', (byte)0) >= 0)
        {
            return false;
        }

        text = Encoding.UTF8.GetString(octets, 0, octets.Length - 1);
        return true;
    }

    // Free text may end in "{5}" without meaning anything by it; only data holds strings.
    private static bool MayHoldLiterals(StringBuilder text)
    {
        var start = text.ToString(0, Math.Min(text.Length, 16));
        return start.StartsWith("* ", StringComparison.Ordinal) && !UntaggedStatus.Contains(FirstWord(start[2..]), StringComparer.OrdinalIgnoreCase);
    }

    private static bool TryParse(string line, out ImapResponse? response)
    {
        response = null;
        if (line == "+" || line.StartsWith("+ ", StringComparison.Ordinal))
        {
            response = new(ImapResponseKind.Continuation, "", "", "", line.Length > 2 ? line[2..] : "");
            return true;
        }

        var tag = FirstWord(line);
        if (tag.Length + 1 >= line.Length)
        {
            return false;
        }

        var rest = line[(tag.Length + 1)..];
        var isUntagged = tag == "*";
        var status = FirstWord(rest).ToUpperInvariant();
        if (!(isUntagged ? UntaggedStatus : TaggedStatus).Contains(status))
        {
            response = isUntagged && rest[0] != ' ' ? new(ImapResponseKind.Untagged, "", "", "", rest) : null;
            return isUntagged && response is not null;
        }

        if (!isUntagged && (tag.Length == 0 || Encoding.UTF8.GetBytes(tag).AsSpan().ContainsAnyExcept(ImapOctets.Tag)))
        {
            return false;
        }

        var (code, text) = SplitCode(rest.Length > status.Length ? rest[(status.Length + 1)..] : "");
        response = new(isUntagged ? ImapResponseKind.Untagged : ImapResponseKind.Tagged, isUntagged ? "" : tag, status, code, text);
        return true;
    }

    // resp-text-code has no "]" in it (RFC 9051 9); one that never closes is taken for text.
    private static (string Code, string Text) SplitCode(string text)
    {
        var close = text.StartsWith('[') ? text.IndexOf(']', StringComparison.Ordinal) : -1;
        return close < 0 ? ("", text) : (text[1..close], text[(close + 1)..].TrimStart(' '));
    }

    private static string FirstWord(string text) => text.IndexOf(' ', StringComparison.Ordinal) is >= 0 and var space ? text[..space] : text;
}
