using System.Globalization;
using System.Text;

namespace MailProxy.Protocols.Imap;

/// <summary><c>date-text = date-day "-" date-month "-" date-year</c> and <c>date-time = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE</c> (RFC 9051 9).</summary>
public static class ImapDate
{
    private const string DateTimeForm = "dd-MMM-yyyy HH:mm:ss zzz";

    private static readonly string[] DateForms = ["d-MMM-yyyy", "dd-MMM-yyyy"];

    /// <summary>Reads <c>1-Feb-1994</c>, quoted or not.</summary>
    public static bool TryReadDate(ref ImapArgumentReader reader, out DateOnly date)
    {
        date = default;
        var ahead = reader;
        if (!ahead.TryReadAstring(out var text) || !DateOnly.TryParseExact(Encoding.Latin1.GetString(text), DateForms, CultureInfo.InvariantCulture, DateTimeStyles.None, out date))
        {
            return false;
        }

        reader = ahead;
        return true;
    }

    /// <summary>Reads <c>" 1-Feb-1994 21:52:25 -0800"</c>.</summary>
    public static bool TryReadDateTime(ref ImapArgumentReader reader, out DateTimeOffset time)
    {
        time = default;
        var ahead = reader;
        if (!ahead.IsNext((byte)'"') || !ahead.TryReadString(out var octets) || octets.Length != "dd-MMM-yyyy HH:mm:ss +zzzz".Length)
        {
            return false;
        }

        var text = Encoding.Latin1.GetString(octets);
        text = (text[0] == ' ' ? "0" + text[1..] : text)[..^2] + ":" + text[^2..];
        if (text[^6] is not ('+' or '-') || !DateTimeOffset.TryParseExact(text, DateTimeForm, CultureInfo.InvariantCulture, DateTimeStyles.None, out time))
        {
            return false;
        }

        reader = ahead;
        return true;
    }

    /// <summary>Writes a date-time without its quotes.</summary>
    public static string Format(DateTimeOffset time)
    {
        var text = time.ToString(DateTimeForm, CultureInfo.InvariantCulture);
        return text[..^3] + text[^2..];
    }
}
