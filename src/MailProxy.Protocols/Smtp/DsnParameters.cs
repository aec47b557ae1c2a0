using System.Text;

namespace MailProxy.Protocols.Smtp;

/// <summary>
/// The parameters that ask for delivery reports (RFC 3461 4.1 to 4.4):
/// <code>
/// NOTIFY = "NEVER" / 1#("SUCCESS" / "FAILURE" / "DELAY")     ORCPT = addr-type ";" xtext
/// RET    = "FULL" / "HDRS"                                   ENVID = xtext
/// </code>
/// </summary>
public static class DsnParameters
{
    // RFC 3461 4.2 and 4.4: a sender's limits, which a server may hold it to.
    private const int OriginalRecipientLimit = 500;
    private const int EnvelopeIdLimit = 100;

    // RFC 6533 3: addresses that are not ASCII.
    private const string InternationalType = "utf-8";

    /// <summary>NOTIFY's value in upper case; null: it is none (NEVER beside others, a word twice, an unknown word).</summary>
    public static string? Notify(string value)
    {
        var words = value.ToUpperInvariant().Split(',');
        var isValid = words is ["NEVER"] || (words.Distinct().Count() == words.Length && Array.TrueForAll(words, word => word is "SUCCESS" or "FAILURE" or "DELAY"));
        return isValid ? string.Join(',', words) : null;
    }

    /// <summary>RET's value in upper case; null: it is none.</summary>
    public static string? Return(string value) => value.ToUpperInvariant() is "FULL" or "HDRS" ? value.ToUpperInvariant() : null;

    /// <summary>True for ENVID's value: xtext of printable ASCII.</summary>
    public static bool IsEnvelopeId(string value) =>
        value.Length is > 0 and <= EnvelopeIdLimit && Xtext.TryDecode(value, out var text) && !text.Any(static character => character is < ' ' or > '~');

    /// <summary>
    /// True for ORCPT's value. What its xtext stands for must not hold controls; with the type <c>utf-8</c> it may be written in UTF-8 as it is (RFC 6533 3).
    /// </summary>
    public static bool IsOriginalRecipient(string value)
    {
        var semicolon = value.IndexOf(';', StringComparison.Ordinal);
        if (semicolon <= 0 || semicolon == value.Length - 1 || Encoding.UTF8.GetByteCount(value) > OriginalRecipientLimit)
        {
            return false;
        }

        var (type, address) = (value[..semicolon], value[(semicolon + 1)..]);
        if (!type.All(static character => char.IsAsciiLetterOrDigit(character) || character is '-' or '.'))
        {
            return false;
        }

        return Ascii.IsValid(address)
            ? Xtext.TryDecode(address, out var text) && !text.Any(char.IsControl)
            : type.Equals(InternationalType, StringComparison.OrdinalIgnoreCase) && !address.Any(static character => char.IsControl(character) || character is ' ' or '=');
    }
}
