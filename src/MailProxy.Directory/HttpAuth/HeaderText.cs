using System.Globalization;
using System.Text;

namespace MailProxy.Directory.HttpAuth;

// nginx (ngx_escape_uri, NGX_ESCAPE_MAIL_AUTH) writes these as "%" and two upper-case hex digits: SP, "%" and 00-1F; everything else as it is,
// UTF-8 included. DEL is escaped too here: it never reaches this in names and passwords, and no header may hold it.

/// <summary>Octets as header values and back: each character is one octet (Latin-1), which is how they go over the wire.</summary>
internal static class HeaderText
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>As nginx escapes names and passwords.</summary>
    public static string Escape(ReadOnlySpan<byte> octets)
    {
        var text = new StringBuilder(octets.Length + 16);
        foreach (var octet in octets)
        {
            if (octet is <= (byte)' ' or (byte)'%' or 0x7F)
            {
                text.Append('%').Append(octet.ToString("X2", CultureInfo.InvariantCulture));
            }
            else
            {
                text.Append((char)octet);
            }
        }

        return text.ToString();
    }

    /// <summary>The same for a text.</summary>
    public static string Escape(string text) => Escape(Encoding.UTF8.GetBytes(text));

    /// <summary>A text that needs no escaping but must not break the header: control characters become spaces.</summary>
    public static string Plain(string text) =>
        Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character))));

    /// <summary>The octets of a received value; null when they are not UTF-8 without control characters, or not 1 to <paramref name="limit"/> octets.</summary>
    public static byte[]? Octets(string value, int limit)
    {
        var octets = Encoding.Latin1.GetBytes(value);
        try
        {
            return octets.Length is > 0 && octets.Length <= limit && !Strict.GetString(octets).Any(char.IsControl) ? octets : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>A received text made safe to be shown to a user in any protocol: printable ASCII, one line, at most <paramref name="limit"/> characters.</summary>
    public static string Printable(string value, int limit)
    {
        var text = string.Concat(value.Take(limit).Select(character => character is >= ' ' and <= '~' ? character : char.IsControl(character) ? ' ' : '?')).Trim();
        return text;
    }
}
