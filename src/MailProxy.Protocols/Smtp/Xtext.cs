using System.Text;
using System.Text.Unicode;

namespace MailProxy.Protocols.Smtp;

/// <summary>RFC 3461 4: <c>xtext = *( xchar / "+" 2HEXDIG )</c>, where xchar is <c>!</c> to <c>~</c> without <c>+</c> and <c>=</c>. The text is UTF-8 within.</summary>
public static class Xtext
{
    /// <summary>Encodes any text; the result has neither blanks nor control characters.</summary>
    public static string Encode(string text)
    {
        var encoded = new StringBuilder(text.Length);
        foreach (var octet in Encoding.UTF8.GetBytes(text))
        {
            if (octet is > (byte)' ' and < 0x7F and not (byte)'+' and not (byte)'=')
            {
                encoded.Append((char)octet);
            }
            else
            {
                encoded.Append('+').Append(Convert.ToHexString([octet]));
            }
        }

        return encoded.ToString();
    }

    /// <summary>Decodes. False for anything that is no xtext or does not decode to UTF-8. What comes out may hold control characters: judge it. Hex digits may be of either case, as in Postfix.</summary>
    public static bool TryDecode(ReadOnlySpan<char> xtext, out string text)
    {
        text = "";
        var octets = new byte[xtext.Length];
        var length = 0;
        for (var index = 0; index < xtext.Length; index++)
        {
            var character = xtext[index];
            if (character is <= ' ' or > '~' or '=')
            {
                return false;
            }

            if (character != '+')
            {
                octets[length++] = (byte)character;
                continue;
            }

            if (index + 2 >= xtext.Length || !char.IsAsciiHexDigit(xtext[index + 1]) || !char.IsAsciiHexDigit(xtext[index + 2]))
            {
                return false;
            }

            octets[length++] = Convert.FromHexString(xtext.Slice(index + 1, 2))[0];
            index += 2;
        }

        var decoded = octets.AsSpan(0, length);
        if (!Utf8.IsValid(decoded))
        {
            return false;
        }

        text = Encoding.UTF8.GetString(decoded);
        return true;
    }
}
