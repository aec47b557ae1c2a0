using System.Text;

namespace MailProxy.Protocols.Imap;

/// <summary>
/// Mailbox names on the wire (RFC 3501 5.1.3): printable ASCII stands for itself, <c>&amp;-</c> for <c>&amp;</c>, and
/// <c>&amp;base64-</c> for UTF-16BE, with <c>,</c> for <c>/</c> and without padding.
/// </summary>
public static class ImapModifiedUtf7
{
    /// <summary>The wire form of a name.</summary>
    public static string Encode(string name)
    {
        var text = new StringBuilder(name.Length);
        for (var i = 0; i < name.Length;)
        {
            var c = name[i];
            if (IsPlain(c))
            {
                text.Append(c == '&' ? "&-" : c.ToString());
                i++;
                continue;
            }

            var begin = i;
            while (i < name.Length && !IsPlain(name[i]))
            {
                i++;
            }

            var base64 = Convert.ToBase64String(Encoding.BigEndianUnicode.GetBytes(name[begin..i]));
            text.Append('&').Append(base64.TrimEnd('=').Replace('/', ',')).Append('-');
        }

        return text.ToString();
    }

    /// <summary>Reads the wire form. False: 8-bit or control octets, an unclosed or ill-formed shift, or one that hides what could stand plainly.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> octets, out string name)
    {
        name = "";
        var text = new StringBuilder(octets.Length);
        while (!octets.IsEmpty)
        {
            var plain = octets.IndexOf((byte)'&');
            var run = plain < 0 ? octets : octets[..plain];
            if (run.ContainsAnyExceptInRange((byte)0x20, (byte)0x7E))
            {
                return false;
            }

            text.Append(Encoding.ASCII.GetString(run));
            octets = octets[run.Length..];
            if (octets.IsEmpty)
            {
                break;
            }

            var close = octets.IndexOf((byte)'-');
            if (close < 0 || !TryDecodeShift(octets[1..close], text))
            {
                return false;
            }

            octets = octets[(close + 1)..];
        }

        name = text.ToString();
        return true;
    }

    private static bool TryDecodeShift(ReadOnlySpan<byte> base64, StringBuilder text)
    {
        if (base64.IsEmpty)
        {
            text.Append('&');
            return true;
        }

        var standard = Encoding.Latin1.GetString(base64).Replace(',', '/');
        var padded = standard.PadRight((standard.Length + 3) / 4 * 4, '=');
        var utf16 = new byte[padded.Length];
        if (base64.Contains((byte)'/') || base64.Contains((byte)'=') || !Convert.TryFromBase64String(padded, utf16, out var length) || length % 2 != 0)
        {
            return false;
        }

        var decoded = Encoding.BigEndianUnicode.GetString(utf16, 0, length);
        text.Append(decoded);

        // One name, one form: two spellings of a name would be two names to some client's cache. Lone surrogates do not come back either.
        return Encode(decoded) == $"&{Encoding.Latin1.GetString(base64)}-" && !decoded.Any(char.IsControl) && IsWellFormed(decoded);
    }

    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && !(i + 1 < text.Length && char.IsSurrogatePair(text[i], text[++i])))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsPlain(char c) => c is >= ' ' and <= '~';
}
