using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace MailProxy.Protocols.Sasl;

// RFC 5802 7:
//   attr-val   = ALPHA "=" value              value: UTF-8 without NUL, "=" and ","; base64 and nonces may hold "="
//   nonce      = "r=" 1*(%x21-2B / %x2D-7E)
//   saslname   = 1*(value-safe-char / "=2C" / "=3D")

/// <summary>The pieces of SCRAM's messages.</summary>
internal static class ScramAttributes
{
    /// <summary>Octets of one message. The longest in honest use has a name of 255 octets, escaped, and a nonce of 64.</summary>
    public const int MessageLimit = 4_096;

    // Clients send 18 to 48 characters; what is signed is held for the length of an exchange.
    private const int NonceLimit = 512;

    private const int NameLimit = 255;

    /// <summary>A message as text: UTF-8, no NUL or other control character, bounded.</summary>
    public static bool TryText(ReadOnlySpan<byte> message, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (message.IsEmpty || message.Length > MessageLimit || !Utf8.IsValid(message))
        {
            return false;
        }

        var read = Encoding.UTF8.GetString(message);
        text = read.Any(char.IsControl) ? null : read;
        return text is not null;
    }

    /// <summary>Divides a name, a nonce and the like from its letter.</summary>
    public static bool TryValue(string part, char letter, out string value)
    {
        var isIt = part.Length > 2 && part[0] == letter && part[1] == '=';
        value = isIt ? part[2..] : "";
        return isIt;
    }

    /// <summary>A nonce: printable ASCII without comma.</summary>
    public static bool TryNonce(string part, out string nonce) =>
        TryValue(part, 'r', out nonce) && nonce.Length <= NonceLimit && nonce.All(c => c is >= '!' and <= '~' and not ',');

    /// <summary>A saslname, its escapes undone. No other "=" may stand in it.</summary>
    public static bool TryName(string escaped, out string name)
    {
        var read = new StringBuilder(escaped.Length);
        for (var i = 0; i < escaped.Length; i++)
        {
            if (escaped[i] != '=')
            {
                read.Append(escaped[i]);
                continue;
            }

            var code = i + 2 < escaped.Length ? escaped.AsSpan(i + 1, 2) : default;
            if (code is not "2C" and not "3D")
            {
                name = "";
                return false;
            }

            read.Append(code is "2C" ? ',' : '=');
            i += 2;
        }

        name = read.ToString();
        return name.Length > 0 && Encoding.UTF8.GetByteCount(name) <= NameLimit;
    }

    /// <summary>Optional extensions: well-formed, and not heeded. The mandatory one (<c>m=</c>) is for those who know it.</summary>
    public static bool AreExtensions(ReadOnlySpan<string> parts)
    {
        foreach (var part in parts)
        {
            if (part.Length < 3 || !char.IsAsciiLetter(part[0]) || part[0] == 'm' || part[1] != '=')
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Base64 with its padding and nothing else.</summary>
    public static bool TryBase64(string text, out byte[] octets)
    {
        octets = [];
        var room = new byte[(text.Length / 4 * 3) + 3];
        if (text.Length == 0 || text.Any(char.IsWhiteSpace) || !Convert.TryFromBase64String(text, room, out var written))
        {
            return false;
        }

        octets = room[..written];
        return true;
    }
}
