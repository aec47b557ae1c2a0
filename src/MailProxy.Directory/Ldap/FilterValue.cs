using System.Text;

namespace MailProxy.Directory.Ldap;

/// <summary>
/// Values in search filters (RFC 4515 3, <c>valueencoding</c>): an octet that is not plainly harmless becomes <c>\xx</c>. The RFC asks for it with
/// <c>* ( ) \</c> and NUL; every server must take it for all others too.
/// </summary>
internal static class FilterValue
{
    /// <summary>The value, escaped.</summary>
    public static string Escape(string value)
    {
        var escaped = new StringBuilder(value.Length + 16);
        Append(escaped, value);
        return escaped.ToString();
    }

    /// <summary>Appends the value, escaped.</summary>
    public static void Append(StringBuilder filter, string value)
    {
        foreach (var octet in Encoding.UTF8.GetBytes(value))
        {
            if (char.IsAsciiLetterOrDigit((char)octet) || octet is (byte)'@' or (byte)'.' or (byte)'-' or (byte)'_')
            {
                filter.Append((char)octet);
            }
            else
            {
                filter.Append('\\').Append(octet.ToString("x2", System.Globalization.CultureInfo.InvariantCulture));
            }
        }
    }
}
